using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Docker;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Benchmarks.Sandboxes;

/// <summary>Making a container sandbox, running "true" in it and removing it, beside <c>docker run --rm --init</c> of the same image; in turns.</summary>
internal static class DockerBenchmark
{
    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var image = options.FirstOrDefault(option => !option.StartsWith('-')) ?? "wercker-test/box:latest";
        var rounds = options.Contains("--quick") ? 10 : 40;
        using var provider = new DockerSandboxProvider { DefaultImage = image };
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var round = -2; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await RunProgramAsync(image).ConfigureAwait(false);
            var program = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            await CycleAsync(provider).ConfigureAwait(false);
            var sandbox = Stopwatch.GetElapsedTime(started);

            // The first rounds only warm up.
            if (round >= 0)
            {
                theirs.Add(program.TotalMilliseconds);
                mine.Add(sandbox.TotalMilliseconds);
            }
        }

        var ratio = Median(mine.Zip(theirs, (sandbox, program) => sandbox / program));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"docker: create + run true + dispose {Median(mine):0} ms (least {mine.Min():0}); docker run --rm --init {Median(theirs):0} ms (least {theirs.Min():0}); ratio {ratio:0.00} (median of {rounds} rounds), of the medians {Median(mine) / Median(theirs):0.00}, of the least {mine.Min() / theirs.Min():0.00}"));
        return 0;
    }

    private static async Task CycleAsync(DockerSandboxProvider provider)
    {
        await using var sandbox = await provider.CreateAsync(new SandboxSpec { DeploymentId = "benchmark" }, CancellationToken.None).ConfigureAwait(false);
        await using var shell = await sandbox.OpenShellAsync(CancellationToken.None).ConfigureAwait(false);
        var result = await shell.RunAsync(new ShellCommand("true"), new Nowhere(), CancellationToken.None).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"true did not succeed: {result}.");
        }
    }

    private static async Task RunProgramAsync(string image)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", ["run", "--rm", "--init", image, "true"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var words = await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"docker run ended with {process.ExitCode}: {words}");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private sealed class Nowhere : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
