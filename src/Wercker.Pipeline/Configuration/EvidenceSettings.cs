namespace Wercker.Pipeline.Configuration;

/// <summary>The settings that log and metrics tests have in common.</summary>
internal static class EvidenceSettings
{
    /// <summary>What a check may be: it decides, it warns, it is only reported.</summary>
    public const string Role = "role";

    /// <summary>The keys of a test's policy.</summary>
    public static IReadOnlyList<string> PolicyKeys { get; } = ["onNoData", "onInconclusive", "onError"];

    /// <summary>The role of a check.</summary>
    /// <exception cref="ConfigurationException">It is another word.</exception>
    public static CheckRole GetRole(this SettingsReader settings, CheckRole otherwise = CheckRole.Critical) =>
        settings.GetChoice(Role, otherwise, ("critical", CheckRole.Critical), ("degraded", CheckRole.Degraded), ("observe", CheckRole.Observed));

    /// <summary>What a test lets pass with a warning.</summary>
    /// <exception cref="ConfigurationException">A word is neither "fail" nor "warn".</exception>
    public static EvidencePolicy GetPolicy(this SettingsReader settings) => new(Warns(settings, "onNoData"), Warns(settings, "onInconclusive"), Warns(settings, "onError"));

    private static bool Warns(SettingsReader settings, string key) => settings.GetChoice(key, false, ("fail", false), ("warn", true));
}
