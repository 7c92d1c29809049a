using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Bubblewrap;
using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Benchmarks.Sandboxes;

/// <summary>Making a sandbox, running "true" in it and removing it, beside the bare program that it is made of; in turns.</summary>
internal static class SandboxBenchmark
{
    public static async Task<int> RunAsync(TextWriter output, string[] options)
    {
        var rounds = options.Contains("--quick") ? 30 : 200;
        await PairAsync(output, rounds, new Bare("bash -c true", ["/bin/bash", "--noprofile", "--norc", "-c", "true"]), new ProcessSandboxProvider()).ConfigureAwait(false);

        var work = Directory.CreateTempSubdirectory("wercker-benchmark-").FullName;
        try
        {
            var provider = new BubblewrapSandboxProvider();
            await PairAsync(output, rounds, new Bare("bwrap ... bash -c true, same arguments", Bubblewrap(work, provider)), provider).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        return 0;
    }

    private static async Task PairAsync(TextWriter output, int rounds, Bare bare, ISandboxProvider provider)
    {
        var (mine, theirs) = (new List<double>(), new List<double>());

        // The first rounds only let the runtime compile: ours is compiled while it runs, the programs and the framework are already.
        for (var round = -60; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await bare.RunAsync().ConfigureAwait(false);
            var first = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            await CycleAsync(provider).ConfigureAwait(false);
            var second = Stopwatch.GetElapsedTime(started);
            if (round >= 0)
            {
                theirs.Add(first.TotalMilliseconds);
                mine.Add(second.TotalMilliseconds);
            }
        }

        var ratio = Median(mine.Zip(theirs, (sandbox, program) => sandbox / program));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{provider.Name}: create + run true + dispose {Median(mine):0.00} ms (least {mine.Min():0.00}); {bare.Name} {Median(theirs):0.00} ms (least {theirs.Min():0.00}); ratio {ratio:0.00} (median of {rounds} rounds), of the medians {Median(mine) / Median(theirs):0.00}, of the least {mine.Min() / theirs.Min():0.00}"));
    }

    private static async Task CycleAsync(ISandboxProvider provider)
    {
        var sandbox = await provider.CreateAsync(new SandboxSpec { DeploymentId = "benchmark" }, CancellationToken.None).ConfigureAwait(false);
        await using var removing = sandbox.ConfigureAwait(false);
        var shell = await sandbox.OpenShellAsync(CancellationToken.None).ConfigureAwait(false);
        var result = await shell.RunAsync(new ShellCommand("true"), new Discard(), CancellationToken.None).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"true did not succeed: {result}.");
        }
    }

    /// <summary>What the sandbox starts, with bash in the place of its supervisor.</summary>
    private static string[] Bubblewrap(string work, BubblewrapSandboxProvider provider)
    {
        var layout = new Layout(work, Path.Combine(work, "control"), "benchmark");
        foreach (var path in (string[])[layout.Build, layout.Temporary, layout.Control, layout.Etc])
        {
            Directory.CreateDirectory(path);
        }

        File.WriteAllText(Path.Combine(layout.Etc, "passwd"), "");
        File.WriteAllText(Path.Combine(layout.Etc, "group"), "");
        if (!OperatingSystem.IsWindows())
        {
            provider.Open(layout);
        }

        return [.. provider.CommandOf(layout, new SandboxSpec(), Account.Of(null, provider.UserId)).SkipLast(2), "/bin/bash", "--noprofile", "--norc", "-c", "true"];
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    /// <summary>A program that is started and waited for, with its output read, as a library without sandboxes would.</summary>
    private sealed record Bare(string Name, string[] Command)
    {
        public async Task RunAsync()
        {
            var start = new ProcessStartInfo(Command[0], Command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var words = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false) + await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            if (process.ExitCode != 0 || words.Length > 0)
            {
                throw new InvalidOperationException($"{Name} ended with {process.ExitCode}: {words}");
            }
        }
    }

    private sealed class Discard : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
