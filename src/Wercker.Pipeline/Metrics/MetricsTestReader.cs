using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Metrics;

/// <summary>Reads a metrics test from settings.</summary>
internal sealed class MetricsTestReader(IReadOnlyList<ISourceProvider<IMetricSource>> sources, IReadOnlyList<ISourceProvider<IMetricCheck>> others)
{
    private const string Heartbeat = "heartbeat";
    private const string Threshold = "threshold";
    private const string Source = "source";
    private static readonly string[] HeartbeatKeys = ["every", "missed", "hosts", "changes", "lag"];

    public MetricsTest Read(SettingsReader settings)
    {
        settings.RefuseUnknown(["after", "url", "key", Source, Heartbeat, "checks", .. EvidenceSettings.PolicyKeys]);
        var test = new MetricsTest { Policy = settings.GetPolicy() };
        if (settings.GetDuration("after") is { } after)
        {
            test.After(after);
        }

        ReadApp(settings, test);
        if (ReadSource(settings) is { } source && settings.Has(Heartbeat))
        {
            ReadHeartbeat(settings, test, source);
        }
        else if (settings.Has(Heartbeat))
        {
            throw settings.Fault(Source, "is missing: the heartbeat is looked for in a metric source.");
        }

        foreach (var check in settings.GetSections("checks"))
        {
            ReadCheck(settings, check, test);
        }

        return Guard(settings, "checks", test.Validated);
    }

    private static void ReadApp(SettingsReader settings, MetricsTest test)
    {
        var url = settings.GetText("url");
        if (settings.GetText("key") is { } key)
        {
            var address = url is null ? null : Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0
                ? uri
                : throw settings.Fault("url", "must be an address such as \"tcp://graphite.example.com:2003\", without a user or key in it.");
            Guard(settings, "key", () => test.SendTo(address, key));
        }
        else if (url is not null)
        {
            throw settings.Fault("key", "is missing: an application that knows where to send its metrics must know what they begin with.");
        }
    }

    /// <summary>"heartbeat": an expression, an object with one, or an object without one, which stands for the hosts of the metrics key.</summary>
    private static void ReadHeartbeat(SettingsReader settings, MetricsTest test, IMetricSource source)
    {
        if (!settings.IsObject(Heartbeat))
        {
            AddHeartbeat(QueryOf(settings, Heartbeat, source), new SettingsReader([], settings.Location), test, source);
            return;
        }

        var section = settings.GetSection(Heartbeat)!;
        section.RefuseUnknown(["expression", .. HeartbeatKeys, EvidenceSettings.Role]);
        var expression = section.Has("expression") ? QueryOf(section, "expression", source) : (test.AppKey is { } key
            ? $"{key}.*.heartbeat"
            : throw section.Fault("expression", "is missing, and there is no metrics key to make it from."));
        AddHeartbeat(expression, section, test, source);
    }

    private static void AddHeartbeat(string expression, SettingsReader settings, MetricsTest test, IMetricSource source)
    {
        Guard(settings, "every", () => test.Heartbeat(
            source,
            expression,
            settings.GetDuration("every"),
            settings.GetInteger("missed", 1, 1000) ?? 3,
            settings.GetInteger("hosts", 1, 1_000_000),
            settings.Has("changes") ? settings.GetFlag("changes") : null,
            settings.GetDuration("lag", mayBeZero: true)));
        ReadRole(settings, test);
    }

    private void ReadCheck(SettingsReader settings, SettingsReader check, MetricsTest test)
    {
        string[] words = [Heartbeat, Threshold, .. others.Select(one => one.Provider)];
        var named = words.Where(check.Has).ToList();
        if (named.Count != 1)
        {
            throw new ConfigurationException($"{check.Location} must have one of these keys, with the expression to ask for: {string.Join(", ", words)}.");
        }

        switch (named[0])
        {
            case Heartbeat:
                check.RefuseUnknown([Heartbeat, Source, .. HeartbeatKeys, EvidenceSettings.Role]);
                var source = SourceOf(settings, check);
                AddHeartbeat(QueryOf(check, Heartbeat, source), check, test, source);
                break;
            case Threshold:
                check.RefuseUnknown([Threshold, Source, .. ThresholdReader.Keys, EvidenceSettings.Role]);
                var measured = SourceOf(settings, check);
                var expression = QueryOf(check, Threshold, measured);
                Guard(check, Threshold, () => test.Threshold(measured, expression, threshold => ThresholdReader.Read(check, threshold)));
                ReadRole(check, test);
                break;
            default:
                var other = others.First(one => one.Provider == named[0]);
                var whole = check.Has(Source) ? check : check.With(Source, settings.GetSection(Source) ?? throw NoSource(check));
                test.Check(other.Create(whole.Without(EvidenceSettings.Role)));
                ReadRole(check, test);
                break;
        }
    }

    /// <summary>An expression that the source could read.</summary>
    private static string QueryOf(SettingsReader settings, string key, IMetricSource source)
    {
        var expression = settings.GetQuery(key) ?? throw settings.Fault(key, "is missing.");
        try
        {
            source.Validate(expression);
            return expression;
        }
        catch (ConfigurationException e) when (e.KeyPath is null)
        {
            throw settings.Fault(key, $"is wrong: {e.Message}");
        }
    }

    private IMetricSource SourceOf(SettingsReader settings, SettingsReader check) => ReadSource(check) ?? ReadSource(settings) ?? throw NoSource(check);

    private IMetricSource? ReadSource(SettingsReader settings) => settings.GetSection(Source)?.Create(sources);

    private static void ReadRole(SettingsReader settings, MetricsTest test)
    {
        _ = settings.GetRole() switch
        {
            CheckRole.Degraded => test.Degraded(),
            CheckRole.Observed => test.ObserveOnly(),
            _ => test,
        };
    }

    private static ConfigurationException NoSource(SettingsReader check) => check.Fault(Source, "is missing, here and for the whole test: say where to ask.");

    /// <summary>What the test itself refuses is said with the place of the setting.</summary>
    private static MetricsTest Guard(SettingsReader settings, string key, Func<MetricsTest> apply)
    {
        try
        {
            return apply();
        }
        catch (ConfigurationException e) when (e.KeyPath is null && !e.Message.StartsWith(settings.Location, StringComparison.Ordinal))
        {
            throw new ConfigurationException($"{settings.Location}: {e.Message}", e) { KeyPath = key };
        }
    }
}
