using System.Text.Json.Nodes;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Steps;

/// <summary>A few minutes after the deployment, asks the logs whether errors have occurred.</summary>
/// <param name="test">What to ask.</param>
internal sealed class LogTestStep(LogTest test) : IDeployStep
{
    private const int Samples = 3;
    private const string NoSource = "no log source is configured";
    private readonly DelayedWindow _window = new(test.Delay, test.Past);

    /// <inheritdoc />
    /// <remarks>Asking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context) => test.Queries.Count == 0
        ? StepForecast.Skips(NoSource)
        : StepForecast.Runs($"after {DurationText.Of(test.Delay)} ask {string.Join(", ", test.Queries.Select(query => $"{query.Source.Name} for {query.Query}"))}");

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (test.Queries.Count == 0)
        {
            return StepResult.Skipped(NoSource);
        }

        var window = await _window.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await TestWindow.WaitAsync(window.Until, context, cancellationToken).ConfigureAwait(false);
        var (from, until) = (window.From, window.Until);
        var evidence = new List<Evidence>();
        var found = new List<string>();
        foreach (var (source, query) in test.Queries)
        {
            var (count, samples) = await CountAsync(source, new SourceQuery(query, from, until), cancellationToken).ConfigureAwait(false);
            evidence.Add(EvidenceOf(source, query, from, until, count, samples));
            if (count > test.Allowed)
            {
                found.Add($"{count} entr{(count == 1 ? "y" : "ies")} in {source.Name} for {query}");
            }
        }

        return found.Count == 0
            ? StepResult.Succeeded($"no query found more than {test.Allowed} entries in {DurationText.Of(test.Delay)}", evidence)
            : StepResult.Failed($"the log shows errors: {string.Join("; ", found)}", evidence);
    }

    private static async ValueTask<(int Count, List<string> Samples)> CountAsync(ILogSource source, SourceQuery query, CancellationToken cancellationToken)
    {
        var count = 0;
        var samples = new List<string>();
        await foreach (var entry in source.ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            if (count++ < Samples)
            {
                samples.Add(entry.Message);
            }
        }

        return (count, samples);
    }

    private static Evidence EvidenceOf(ILogSource source, string query, DateTimeOffset from, DateTimeOffset until, int count, List<string> samples) =>
        new("log", $"{source.Name}: {query}")
        {
            Data = new JsonObject
            {
                ["query"] = query,
                ["from"] = from,
                ["until"] = until,
                ["count"] = count,
                ["samples"] = new JsonArray([.. samples.Select(sample => JsonValue.Create(sample))]),
            },
        };
}
