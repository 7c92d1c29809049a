using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Statistics;

/// <summary>Makes comparisons from settings: {"compare": "shop.latency", "direction": "increase"} among the checks of a metrics test.</summary>
/// <param name="sources">Makes the sources that the settings name.</param>
public sealed class ComparisonProvider(IEnumerable<ISourceProvider<IMetricSource>> sources) : ISourceProvider<IMetricCheck>
{
    internal static readonly IReadOnlyList<string> Keys =
    [
        "direction", "tolerance", "absoluteTolerance", "confidence", "minimumEffect", "margin", "minimumPoints", "history", "days", "lastWeek", "levelOnly", "pooled", "missing", "lag",
    ];

    private readonly IReadOnlyList<ISourceProvider<IMetricSource>> _sources = [.. sources];

    /// <inheritdoc />
    public string Provider => "compare";

    /// <inheritdoc />
    public IMetricCheck Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown([Provider, "source", .. Keys]);
        var source = (settings.GetSection("source") ?? throw settings.Fault("source", "is missing: say where to ask.")).Create(_sources);
        var rules = new ComparisonRules();
        var expression = settings.GetQuery(Provider) ?? throw settings.Fault(Provider, "is missing: say what to compare.");
        try
        {
            source.Validate(expression);
        }
        catch (ConfigurationException e) when (e.KeyPath is null)
        {
            throw settings.Fault(Provider, $"is wrong: {e.Message}");
        }

        var check = new ComparisonCheck(source, expression)
            .Tolerate(settings.GetNumber("tolerance", 0) ?? rules.RelativeTolerance, settings.GetNumber("absoluteTolerance", 0) ?? 0)
            .Confidence(settings.GetNumber("confidence") ?? rules.Confidence)
            .MinimumEffect(settings.GetNumber("minimumEffect") ?? rules.Effect)
            .Margin(settings.GetNumber("margin", 0) ?? rules.Margin)
            .MinimumPoints(settings.GetInteger("minimumPoints", 2) ?? rules.MinimumPoints)
            .History(settings.GetInteger("history", 0, 10_000) ?? rules.History, settings.GetInteger("days", 0, 366) ?? rules.Days)
            .Lag(settings.GetDuration("lag", mayBeZero: true) ?? TimeSpan.Zero);
        _ = settings.GetChoice("direction", BadChange.Either, ("either", BadChange.Either), ("increase", BadChange.Increase), ("decrease", BadChange.Decrease)) switch
        {
            BadChange.Increase => check.IncreaseIsBad(),
            BadChange.Decrease => check.DecreaseIsBad(),
            _ => check,
        };
        _ = settings.GetFlag("lastWeek") ? check.WithLastWeek() : check;
        _ = settings.GetFlag("levelOnly") ? check.LevelOnly() : check;
        _ = settings.GetFlag("pooled") ? check.Pooled() : check;
        _ = settings.GetChoice("missing", false, ("none", false), ("zero", true)) ? check.MissingIsZero() : check;
        try
        {
            return check.Validated();
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{settings.Location}: {e.Message}", e) { KeyPath = Provider };
        }
    }
}
