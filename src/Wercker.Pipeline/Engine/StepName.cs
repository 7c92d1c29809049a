namespace Wercker.Pipeline.Engine;

/// <summary>Refuses names and options that make no sense, when they are given and not when they hurt.</summary>
internal static class StepName
{
    public static void Check(string kind, string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ConfigurationException($"A {kind} needs a name.");
        }

        if (name.Contains('/', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new ConfigurationException($"The name of the {kind} '{name.ReplaceLineEndings(" ")}' holds a '/' or a control character: stages are made with AddStage.");
        }
    }

    public static void CheckOptions(string path, StepOptions options)
    {
        if (options.Timeout is { } timeout && timeout <= TimeSpan.Zero)
        {
            throw new ConfigurationException($"The timeout of step '{path}' is {timeout}: it must be longer than zero, or null for none.");
        }

        if (options.RevertTimeout <= TimeSpan.Zero)
        {
            throw new ConfigurationException($"The revert timeout of step '{path}' is {options.RevertTimeout}: an undo needs time.");
        }
    }
}
