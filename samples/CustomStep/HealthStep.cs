using Wercker.Pipeline;

namespace Samples.CustomStep;

/// <summary>Asks an application whether it is well, and tells "it says no" apart from "nobody answers".</summary>
// <evidence>
public sealed class HealthStep(HttpClient http, Uri url) : IDeployStep
{
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(url, cancellationToken);
            var evidence = new Evidence("http", $"GET {url}: {(int)answer.StatusCode}") { Text = await answer.Content.ReadAsStringAsync(cancellationToken) };
            return answer.IsSuccessStatusCode
                ? StepResult.Succeeded("the application is well", evidence)
                : StepResult.Failed($"{url} answers {(int)answer.StatusCode}", evidence);
        }
        catch (HttpRequestException e)
        {
            return StepResult.Inconclusive($"{url} does not answer: {e.Message}");
        }
    }
}
// </evidence>
