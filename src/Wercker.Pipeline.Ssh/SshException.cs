namespace Wercker.Pipeline.Ssh;

/// <summary>A host could not be reached, refused, or said no. The message names the host and what to do.</summary>
public sealed class SshException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public SshException(string host, string message, Exception? innerException = null)
        : base($"{host}: {message}", innerException)
    {
        Host = host;
        Reason = message;
    }

    /// <summary>The host's name.</summary>
    public string Host { get; }

    /// <summary>True when the host did not answer, or the connection to it was lost; false when it answered and said no.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>The message without the host.</summary>
    internal string Reason { get; }

    /// <summary>True when the connection was there and was lost, so that nobody knows what became of the command.</summary>
    internal bool IsLost { get; init; }
}
