namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Chooses how progress is shown: for GitHub Actions, for a person at a terminal, or as plain lines.</summary>
internal static class ProgressChoice
{
    public static IProgress Choose(Terminal terminal)
    {
        if (GitHubProgress.IsWanted)
        {
            return new GitHubProgress(terminal.Error);
        }

        return Terminal.IsInteractive ? new LiveProgress(Terminal.ErrorWriter, TimeProvider.System) : new PlainProgress(terminal.Error, TimeProvider.System);
    }
}
