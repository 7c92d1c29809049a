namespace Wercker.Pipeline;

/// <summary>A setting or a configuration file is wrong; nothing was started.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where (file:line:column or key path), and what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public ConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The file that is wrong, as it was named by the caller; null when the fault is in no file.</summary>
    public string? File { get; init; }

    /// <summary>The line of the fault, from 1; null when it has no place in a file.</summary>
    public int? Line { get; init; }

    /// <summary>The column of the fault in characters (Unicode code points, a tab is one), from 1; null when it has no place in a file.</summary>
    public int? Column { get; init; }

    /// <summary>The key that is wrong, "deploy[2].cmd" or "Wercker:Targets:production:variables"; null when the fault is about no key.</summary>
    public string? KeyPath { get; init; }
}
