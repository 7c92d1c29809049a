namespace Wercker.Pipeline.Tool;

/// <summary>Whoever runs the tool, as the journal and the reports name them.</summary>
internal static class Operator
{
    public static string Name => $"{Environment.UserName}@{Environment.MachineName}";
}
