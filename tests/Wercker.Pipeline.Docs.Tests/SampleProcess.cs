using System.Diagnostics;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>Runs a sample as its user does, with variables of its own.</summary>
internal static class SampleProcess
{
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, Dictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll")]) { RedirectStandardOutput = true };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        using var sample = Process.Start(start)!;
        var output = await sample.StandardOutput.ReadToEndAsync(cancellationToken);
        await sample.WaitForExitAsync(cancellationToken);
        return (sample.ExitCode, output);
    }
}
