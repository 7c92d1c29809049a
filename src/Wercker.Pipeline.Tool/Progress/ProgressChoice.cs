namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Chooses how progress is shown: for a build server, for a person at a terminal, or as plain lines.</summary>
internal static class ProgressChoice
{
    /// <summary>How the build server reads what is printed; null where none does that is known.</summary>
    public static IJobCommands? JobCommands { get; } = IsTrue("GITHUB_ACTIONS") ? new GitHubCommands() : IsTrue("TF_BUILD") ? new AzureCommands() : null;

    public static IProgress Choose(Terminal terminal)
    {
        if (JobCommands is { } commands)
        {
            return new JobProgress(terminal.Error, commands);
        }

        return Terminal.IsInteractive ? new LiveProgress(Terminal.ErrorWriter, TimeProvider.System) : new PlainProgress(terminal.Error, TimeProvider.System);
    }

    private static bool IsTrue(string name) => string.Equals(Environment.GetEnvironmentVariable(name), "true", StringComparison.OrdinalIgnoreCase);
}
