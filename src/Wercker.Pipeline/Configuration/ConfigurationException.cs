namespace Wercker.Pipeline.Configuration;

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
}
