using System.Text.Json.Serialization;
using Wercker.Pipeline;

namespace Samples.CustomStep;

/// <summary>Shows a banner on the status page for the time after the deployment, and takes it down when the deployment is undone.</summary>
// <undo>
public sealed partial class BannerStep(string file, string text) : IReversibleStep
{
    private static readonly ContextKey<string> Before = new("sample.banner.before", BannerJson.Default.String);

    public StepForecast Forecast(DeployPlanContext context) =>
        text.Length == 0 ? StepForecast.Skips("there is no banner to show") : StepForecast.Runs($"show \"{text}\" in {file}");

    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (text.Length == 0)
        {
            return StepResult.Skipped("there is no banner to show");
        }

        var before = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : string.Empty;
        await context.SetAsync(Before, before, cancellationToken);
        await File.WriteAllTextAsync(file, text, cancellationToken);
        return StepResult.Succeeded($"{file} shows \"{text}\"");
    }

    public async ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (!context.TryGet(Before, out var before))
        {
            return StepResult.Skipped("the banner was never touched");
        }

        await File.WriteAllTextAsync(file, before, cancellationToken);
        return StepResult.Succeeded($"{file} is as it was");
    }

    [JsonSerializable(typeof(string))]
    private sealed partial class BannerJson : JsonSerializerContext;
}
// </undo>
