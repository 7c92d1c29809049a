using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Logs;

/// <summary>Reads targets.NAME.logTest. docs/log-tests.md has the table of keys.</summary>
internal sealed class LogTestSettings(IEnumerable<ISourceProvider<ILogSource>> providers, ILogSource? own = null)
{
    private const string CanaryVariable = "WERCKER_CANARY";

    private static readonly string[] CheckKeys = ["source", "query", "maximum", "increase", "increaseMinimum", "newSignatures", "anyLine", "newMinimum", EvidenceSettings.Role];

    /// <summary>The keys of a test, in the order of the documentation.</summary>
    internal static readonly string[] TestKeys =
        [.. CheckKeys, "after", "baseline", "settle", "ignore", "canary", .. EvidenceSettings.PolicyKeys, "checks"];

    private readonly ISourceProvider<ILogSource>[] _providers = [new FileProvider(), new CommandProvider(), .. providers];

    public LogTest Read(SettingsReader settings)
    {
        settings.RefuseUnknown(TestKeys);
        var test = new LogTest { Policy = settings.GetPolicy() };
        Use(settings.GetDuration("after"), time => test.After(time));
        Use(settings.GetDuration("baseline"), time => test.CompareWith(time));
        Use(settings.GetDuration("settle", mayBeZero: true), time => test.Settle(time));
        foreach (var pattern in settings.GetList("ignore"))
        {
            test.Ignore(pattern.Length > 0 ? pattern : throw settings.Fault("ignore", "has an empty pattern, which would ignore everything."));
        }

        if (settings.GetSection("canary") is { } canary)
        {
            ReadCanary(test, canary);
        }

        var source = settings.GetSection("source") is { } section ? CreateSource(section) : own;
        var checks = settings.GetSections("checks");
        var role = settings.GetRole();
        if (checks.Count == 0 || HasCheck(settings))
        {
            AddCheck(test, settings, source, role);
        }

        foreach (var check in checks)
        {
            check.RefuseUnknown(CheckKeys);
            AddCheck(test, check, check.GetSection("source") is { } own ? CreateSource(own) : source, check.GetRole(role));
        }

        // What the platform itself counts as errors is asked for in any case.
        return own is { ErrorQuery: { } errors } && !test.Checks.Any(check => check.Source == own && check.Query == errors) ? test.From(own, errors) : test;
    }

    private static bool HasCheck(SettingsReader settings) => settings.Has("query") || settings.Has("maximum") || settings.Has("increase") || settings.Has("newSignatures");

    private static void AddCheck(LogTest test, SettingsReader settings, ILogSource? source, CheckRole role)
    {
        if (source is null)
        {
            throw settings.Fault("source", "is missing. Say where the log is, such as { \"provider\": \"file\", \"path\": \"/var/log/shop.log\" }.");
        }

        var query = settings.GetQuery("query") ?? source.ErrorQuery;
        var maximum = settings.GetInteger("maximum", 0);
        var factor = settings.GetNumber("increase");
        var minimum = settings.GetInteger("increaseMinimum", 1);
        var signatures = settings.GetFlag("newSignatures");
        var anyLine = settings.GetFlag("anyLine");
        var newMinimum = settings.GetInteger("newMinimum", 1);
        Refuse(settings, "increase", factor <= 1, "must be above 1: how many times as many entries as before are too many.");
        Refuse(settings, "increaseMinimum", minimum is not null && factor is null, "means nothing without \"increase\".");
        Refuse(settings, "anyLine", settings.Has("anyLine") && !signatures, "means nothing without \"newSignatures\": true.");
        Refuse(settings, "newMinimum", newMinimum is not null && !signatures, "means nothing without \"newSignatures\": true.");
        Refuse(settings, "maximum", maximum is not null && query is null, "means nothing without \"query\".");
        Refuse(settings, "query", query is null && factor is null && !signatures, "is missing: nothing would be checked. Write the query that retrieves errors, or \"newSignatures\": true.");

        // A query alone means what it always meant: none of its lines may be there.
        if (query is not null && (maximum is not null || (factor is null && !signatures)))
        {
            test.From(source, query, maximum ?? 0).As(role);
        }

        if (factor is { } times)
        {
            test.FailOnIncrease(source, query ?? string.Empty, times, minimum ?? 10).As(role);
        }

        if (signatures)
        {
            test.FailOnNewSignatures(source, query ?? string.Empty, anyLine, newMinimum ?? 1).As(role);
        }
    }

    private ILogSource CreateSource(SettingsReader settings)
    {
        var name = settings.RequireText("provider");
        return _providers.FirstOrDefault(provider => provider.Provider.Equals(name, StringComparison.OrdinalIgnoreCase))?.Create(settings)
            ?? throw settings.Fault("provider", $"is '{name}', which is not known here. Known: {string.Join(", ", _providers.Select(provider => provider.Provider))}.");
    }

    private static void ReadCanary(LogTest test, SettingsReader settings)
    {
        settings.RefuseUnknown("command", "deadline");
        var command = settings.RequireText("command");
        Refuse(settings, "command", !command.Contains(CanaryVariable, StringComparison.Ordinal), $"must let the application log a line with ${CanaryVariable} in it, and does not use the variable.");
        test.Canary((context, token, cancellationToken) => SendAsync(command, context, token, cancellationToken), settings.GetDuration("deadline"));
    }

    private static async ValueTask SendAsync(string command, DeployContext context, string token, CancellationToken cancellationToken)
    {
        var shell = await context.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        var result = await shell.RunAsync(new ShellCommand($"export {CanaryVariable}={token}\n{command}"), context.Output, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"the command of the canary ended with exit code {result.ExitCode}");
        }
    }

    private static void Refuse(SettingsReader settings, string key, bool isWrong, string what)
    {
        if (isWrong)
        {
            throw settings.Fault(key, what);
        }
    }

    private static void Use<T>(T? value, Action<T> use)
        where T : struct
    {
        if (value is { } given)
        {
            use(given);
        }
    }

    private static TimeZoneInfo ZoneOf(SettingsReader settings)
    {
        var name = settings.GetText("timeZone");
        return name is null ? TimeProvider.System.LocalTimeZone
            : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
            : throw settings.Fault("timeZone", $"is '{name}', which this machine does not know. Write a name such as \"UTC\" or \"Europe/Amsterdam\".");
    }

    private sealed class FileProvider : ISourceProvider<ILogSource>
    {
        public string Provider => "file";

        public ILogSource Create(SettingsReader settings)
        {
            settings.RefuseUnknown("provider", "path", "timeZone");
            return LogTest.FromFile(settings.RequireText("path"), ZoneOf(settings));
        }
    }

    private sealed class CommandProvider : ISourceProvider<ILogSource>
    {
        public string Provider => "command";

        public ILogSource Create(SettingsReader settings)
        {
            settings.RefuseUnknown("provider", "command", "timeZone");
            return LogTest.FromCommand(settings.RequireText("command"), ZoneOf(settings));
        }
    }
}
