using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Ssh;

namespace Wercker.Pipeline.Benchmarks.Ssh;

/// <summary>The library in a process that is there before it is asked, as in a service that deploys: compare.sh asks it. Each deployment connects anew.</summary>
internal static class EmbeddedDeployer
{
    /// <summary>Answers each number of hosts that comes through the pipe "ask" through the pipe "answer", until it is ended.</summary>
    /// <param name="lab">The directory of the comparison, with the pipes, and a wercker.json in "library" and the number.</param>
    /// <param name="app">What is deployed.</param>
    public static async Task<int> RunAsync(string lab, string app)
    {
        while (true)
        {
            var hosts = (await File.ReadAllTextAsync(Path.Combine(lab, "ask"))).Trim();
            string answer;
            try
            {
                answer = await DeployAsync(Path.Combine(lab, "library" + hosts, "wercker.json"), app);
            }
            catch (Exception e)
            {
                // Whoever asks waits for an answer, whatever it is.
                answer = e.Message.ReplaceLineEndings(" ");
            }

            await File.WriteAllTextAsync(Path.Combine(lab, "answer"), answer + "\n");
        }
    }

    private static async Task<string> DeployAsync(string file, string app)
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(file))!["targets"]!["live"]!.DeepClone().AsObject();
        settings.Remove("provider");
        using var provider = new SshTargetProvider();
        var target = provider.Create(new TargetSettings { Name = "live", Provider = "ssh", Location = "targets.live", Options = settings });
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(target).AddWerckerFlow(flow => flow.WarmUp = TimeSpan.Zero).Build();
        var report = await pipeline.DeployAsync(new("shop", await File.ReadAllTextAsync(Path.Combine(app, "VERSION"))) { Source = Source.Directory(app) });
        return report.Status == DeployStatus.Succeeded ? "succeeded" : report.Summary.ReplaceLineEndings(" ");
    }
}
