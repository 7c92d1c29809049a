using System.Net;

namespace Wercker.Pipeline.Heroku;

/// <summary>Heroku said no, or could not be asked. The message holds the request, what was answered and Heroku's Request-Id.</summary>
public sealed class HerokuException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked, what was answered, what to do.</param>
    /// <param name="innerException">What was behind it; null when nothing was.</param>
    public HerokuException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Heroku's word for the error: "not_found", "rate_limit"; null when it gave none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The id under which Heroku's support finds the request; null when there was no answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>True when asking again later may help: no answer, or a fault of the platform.</summary>
    internal bool IsTransient => StatusCode is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>True when the platform may have done what it was asked although it did not say so.</summary>
    internal bool IsOutcomeUnknown => StatusCode is null or >= HttpStatusCode.InternalServerError;
}
