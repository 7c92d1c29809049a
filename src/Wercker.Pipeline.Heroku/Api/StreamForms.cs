namespace Wercker.Pipeline.Heroku.Api;

/// <summary>The two forms in which the platform sends logs and output: plain text, and server-sent events, whose ids allow going on after a break.</summary>
internal static class StreamForms
{
    public const string Plain = "text/plain";
    public const string Events = "text/event-stream";

    /// <summary>Asks for events, and takes plain text: log lines cannot be resumed without ids.</summary>
    public static void PreferEvents(HttpRequestMessage request, string? lastId) => Ask(request, Events, Plain, lastId);

    /// <summary>Asks for plain text, and takes events: plain text is resumed at any byte.</summary>
    public static void PreferPlain(HttpRequestMessage request, string? lastId) => Ask(request, Plain, Events, lastId);

    private static void Ask(HttpRequestMessage request, string first, string second, string? lastId)
    {
        request.Headers.Accept.ParseAdd(first);
        request.Headers.Accept.ParseAdd(second + ";q=0.9");
        request.Headers.Accept.ParseAdd("*/*;q=0.5");
        if (lastId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        }
    }
}
