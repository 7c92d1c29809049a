namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>An answer that is an error, with the id that clients look at.</summary>
internal sealed class ApiException(int status, string id, string message) : Exception(message)
{
    public int Status => status;

    public string Id => id;

    public string? Url { get; init; }

    public static ApiException NotFound(string what) => new(404, "not_found", $"Couldn't find that {what}.");

    public static ApiException Invalid(string message) => new(422, "invalid_params", message);
}
