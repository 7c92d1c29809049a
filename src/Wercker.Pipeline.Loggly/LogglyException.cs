namespace Wercker.Pipeline.Loggly;

/// <summary>Loggly refused, failed, or answered with something that is no answer. The message names the address, the status and what to do.</summary>
public sealed class LogglyException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What went wrong, where, and what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public LogglyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
