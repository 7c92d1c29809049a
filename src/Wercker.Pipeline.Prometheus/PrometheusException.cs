using System.Net;

namespace Wercker.Pipeline.Prometheus;

/// <summary>Prometheus said no, or could not be asked. The message holds the host, the question, what was answered and what to do.</summary>
public sealed class PrometheusException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked, what was answered, what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public PrometheusException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }
}
