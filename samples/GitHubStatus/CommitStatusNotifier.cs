using System.Net.Http.Json;
using Wercker.Pipeline;
using Wercker.Pipeline.Notifications;

namespace Samples.GitHubStatus;

/// <summary>Shows at a commit on GitHub what became of its deployment: https://docs.github.com/rest/commits/statuses.</summary>
/// <param name="http">A client with the API as its base address and a token that may write statuses.</param>
/// <param name="repository">"owner/name".</param>
// <notifier>
public sealed class CommitStatusNotifier(HttpClient http, string repository) : IDeployNotifier
{
    private const int LongestDescription = 140;

    public string Name => $"GitHub, {repository}";

    public async ValueTask NotifyAsync(DeployNotification notification, CancellationToken cancellationToken)
    {
        var report = notification.Report;
        var state = (notification.Kind, report.Status) switch
        {
            (DeployEventKind.DeploymentFinished, DeployStatus.Succeeded) => "success",
            (DeployEventKind.DeploymentFinished, DeployStatus.Failed) => "failure",
            (DeployEventKind.DeploymentFinished, _) => "error",
            _ => "pending",
        };
        var sentence = notification.Sentence;
        var description = sentence.Length <= LongestDescription ? sentence : sentence[..(LongestDescription - 1)] + "…";
        using var response = await http.PostAsJsonAsync(
            $"repos/{repository}/statuses/{report.Revision}",
            new { state, description, context = $"deploy/{report.Target ?? report.Pipeline}" },
            cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
// </notifier>
