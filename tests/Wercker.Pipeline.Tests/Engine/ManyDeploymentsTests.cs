using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Engine;

[NonParallelizable]
public sealed class ManyDeploymentsTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task DeployAsync_FiftyAtOnce_LeaveNoProcessNoHandleAndNoDirectory(CancellationToken cancellationToken)
    {
        var parent = Directory.CreateTempSubdirectory("wercker-many-").FullName;
        try
        {
            // The first deployment pays for what the process makes once and keeps: threads, registrations, caches.
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => DeployAsync(parent, 1000 + i, cancellationToken)));
            var handles = OpenHandles();

            var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => DeployAsync(parent, i, cancellationToken)));

            Assert.That(reports.Count(report => report.Status == DeployStatus.Succeeded), Is.EqualTo(40), string.Join("\n", reports.Select(report => report.Summary)));
            Assert.That(reports.Count(report => report.Status == DeployStatus.Failed && report.Restore == RestoreStatus.Restored), Is.EqualTo(10));
            Assert.That(Directory.EnumerateFileSystemEntries(parent), Is.Empty);
            Assert.That(Processes(parent), Is.Empty);
            Assert.That(() => OpenHandles().Except(handles), Is.Empty.After(10).Seconds.PollEvery(50).MilliSeconds);
        }
        finally
        {
            Directory.Delete(parent, true);
        }
    }

    private static Task<DeployReport> DeployAsync(string parent, int number, CancellationToken cancellationToken)
    {
        var output = new RecordingOutputSink();
        return new DeployPipelineBuilder("many", new PipelineServices { Outputs = [output] })
            .UseTarget(new CustomTarget(
                $"t{number}",
                [new("setsid sleep 600 & export NUMBER=" + number), new("echo $NUMBER"), new(number % 5 == 4 ? "exit 7" : "true")],
                [new($"test \"$WERCKER\" = true")]))
            .UseSandbox(new ProcessSandboxProvider { ParentDirectory = parent, KillGrace = TimeSpan.FromMilliseconds(500) })
            .AddWerckerFlow()
            .AddStep("proof", (_, _) => new(output.TextOf("Push") == $"{number}\n" ? StepResult.Succeeded() : StepResult.Failed(output.Text)))
            .Build().DeployAsync(new DeployRequest("many", "1"), cancellationToken);
    }

    /// <summary>The pipes and deleted files that are open: what sandboxes are made of. Anything else belongs to the runtime or to the test host.</summary>
    private static HashSet<string> OpenHandles()
    {
        // Handles that only wait for their finalizer are not left behind.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => new FileInfo(path).LinkTarget ?? string.Empty)
            .Where(target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.Contains("wercker", StringComparison.Ordinal) && target.EndsWith("(deleted)", StringComparison.Ordinal))];
    }

    private static List<string> Processes(string parent)
    {
        var found = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (File.ReadAllText(directory + "/environ").Contains(parent, StringComparison.Ordinal))
                {
                    found.Add(File.ReadAllText(directory + "/cmdline"));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended, or belongs to somebody else: not one of ours.
            }
        }

        return found;
    }
}
