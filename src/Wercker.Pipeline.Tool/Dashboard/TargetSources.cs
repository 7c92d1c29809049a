using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>The log and metric sources that the tests of a target ask, each with what it is asked. They are opened when somebody asks: a secret that is not set hinders nobody else.</summary>
internal sealed class TargetSources(TargetSettings target, TargetTests tests)
{
    private const string Source = "source";

    // What a check asks stands under its kind.
    private static readonly string[] Expressions = ["threshold", "compare"];

    public IEnumerable<(string Provider, Func<ILogSource> Open, string? Query)> Logs()
    {
        if (tests.OpenLogTest(target) is not { } settings)
        {
            return [];
        }

        // A file or a command is read on the machine that deploys, while it deploys.
        return Holders(settings)
            .Where(one => one.Source.GetText("provider") is { } provider && tests.KnowsLog(provider))
            .Select(one => (one.Source.GetText("provider")!, Once(() => tests.CreateLogSource(one.Source)), Query(one.Holder, "query")))
            .DistinctBy(one => (one.Item1, one.Item3));
    }

    public IEnumerable<(string Provider, Func<IMetricSource> Open, string Expression)> Metrics()
    {
        if (tests.OpenMetricsTest(target) is not { } settings)
        {
            return [];
        }

        var asked = new List<(string, Func<IMetricSource>, string)>();
        if (Heartbeat() is { } heartbeat && settings.GetSection(Source) is { } source)
        {
            asked.Add((source.GetText("provider") ?? "metrics", heartbeat.Open, heartbeat.Expression));
        }

        foreach (var (holder, of) in Holders(settings))
        {
            foreach (var expression in Expressions.Append("heartbeat").Where(key => holder != settings || key != "heartbeat").Select(key => Query(holder, key)).OfType<string>())
            {
                asked.Add((of.GetText("provider") ?? "metrics", Once(() => tests.CreateMetricSource(of)), expression));
            }
        }

        return asked.DistinctBy(one => (one.Item1, one.Item3));
    }

    /// <summary>The heartbeat of the test itself: an expression, or the hosts of the metrics key.</summary>
    public (Func<IMetricSource> Open, string Expression, TimeSpan? Every)? Heartbeat()
    {
        if (tests.OpenMetricsTest(target) is not { } settings || !settings.Has("heartbeat") || settings.GetSection(Source) is not { } source)
        {
            return null;
        }

        var section = IsText(settings, "heartbeat") ? null : settings.GetSection("heartbeat");
        var expression = section is null ? Query(settings, "heartbeat") : Query(section, "expression") ?? (settings.GetText("key") is { } key ? $"{key}.*.heartbeat" : null);
        return expression is null ? null : (Once(() => tests.CreateMetricSource(source)), expression, section?.GetDuration("every"));
    }

    /// <summary>The settings of the test and of its checks, each with its source or the test's.</summary>
    private static IEnumerable<(SettingsReader Holder, SettingsReader Source)> Holders(SettingsReader settings)
    {
        var own = settings.GetSection(Source);
        foreach (var holder in settings.GetSections("checks").Prepend(settings))
        {
            if ((holder == settings ? own : holder.GetSection(Source) ?? own) is { } source)
            {
                yield return (holder, source);
            }
        }
    }

    private static string? Query(SettingsReader settings, string key) => IsText(settings, key) ? settings.GetQuery(key) : null;

    private static bool IsText(SettingsReader settings, string key)
    {
        try
        {
            return settings.GetText(key) is not null;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    private static Func<T> Once<T>(Func<T> open)
        where T : class
    {
        T? opened = null;
        return () => opened ??= open();
    }
}
