namespace Wercker.Pipeline.Docker;

/// <summary>The engine could not be reached, or refused what a service needs. The message says what and what to do.</summary>
public sealed class DockerServiceException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public DockerServiceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
