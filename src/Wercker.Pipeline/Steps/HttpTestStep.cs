using Wercker.Pipeline.Http;

namespace Wercker.Pipeline.Steps;

/// <summary>Runs HTTP tests one after the other; the first one that does not succeed decides.</summary>
/// <param name="tests">The tests, which make sense.</param>
internal sealed class HttpTestStep(IReadOnlyList<HttpTest> tests) : IDeployStep
{
    public bool IsEmpty => tests.Count == 0;

    public IReadOnlyList<HttpTest> Tests => tests;

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context) => StepForecast.Runs(string.Join(", then ", tests.Select(test => test.Rules.Description))) with
    {
        RequiredVariables = [.. tests.Select(test => test.Rules.VersionVariable).OfType<string>()],
    };

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var evidence = new List<Evidence>();
        var messages = new List<string?>();
        foreach (var test in tests)
        {
            var result = await test.RunAsync(context, cancellationToken).ConfigureAwait(false);
            if (!result.IsGood)
            {
                // What decided comes first, for those who read only that.
                return result with { Evidence = [.. result.Evidence, .. evidence] };
            }

            evidence.AddRange(result.Evidence);
            messages.Add(result.Message);
        }

        return StepResult.Succeeded(string.Join("; ", messages), evidence);
    }
}
