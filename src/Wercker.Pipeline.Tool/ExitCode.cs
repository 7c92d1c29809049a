namespace Wercker.Pipeline.Tool;

/// <summary>How the tool ends. Scripts rely on these numbers; docs/cli.md lists them.</summary>
internal static class ExitCode
{
    public const int Succeeded = 0;

    /// <summary>The deployment failed or could not be judged; where something had to be put back, it was, or there is no way to.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or configuration: nothing was started.</summary>
    public const int Refused = 2;

    /// <summary>The deployment did not succeed and the target could not be put back: it needs a person.</summary>
    public const int NotRestored = 3;

    /// <summary>Canceled, as a shell says of a command that Ctrl+C has ended.</summary>
    public const int Canceled = 130;

    public static int Of(DeployReport report) => report switch
    {
        { Status: DeployStatus.Succeeded } => Succeeded,
        { Restore: RestoreStatus.Failed } => NotRestored,
        { Status: DeployStatus.Canceled } => Canceled,
        _ => Failed,
    };
}
