using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Configuration;

/// <summary>Something in a configuration file that was accepted and should still be looked at.</summary>
/// <param name="Severity">How much it matters; the reader of wercker.json gives <see cref="LogLevel.Warning"/>.</param>
/// <param name="File">The file, as it was named by the caller.</param>
/// <param name="Line">Its line, from 1; null when it is about the whole file.</param>
/// <param name="Column">Its column in characters (Unicode code points, a tab is one), from 1; null when it is about the whole file.</param>
/// <param name="KeyPath">The key it is about, "deploy[2].cmd"; null when it is about no key.</param>
/// <param name="Message">What it is and what to do, in one or two sentences.</param>
public sealed record ConfigurationDiagnostic(LogLevel Severity, string File, int? Line, int? Column, string? KeyPath, string Message)
{
    /// <summary>The diagnostic in one line, as compilers print it.</summary>
    /// <returns>"wercker.json:3:5: warning: packagesk: unknown key ..."</returns>
    public override string ToString()
    {
        var place = Line is null ? File : $"{File}:{Line}:{Column}";
        var severity = Severity switch
        {
            LogLevel.Error or LogLevel.Critical => "error",
            LogLevel.Warning => "warning",
            _ => "info",
        };
        return KeyPath is null ? $"{place}: {severity}: {Message}" : $"{place}: {severity}: {KeyPath}: {Message}";
    }
}
