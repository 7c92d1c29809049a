namespace Wercker.Pipeline.Sandboxes;

/// <summary>A sandbox could not be made or is gone.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, and what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public SandboxException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
