namespace Wercker.Pipeline.LocalHeroku.Routing;

/// <summary>What visitors see when the router has no answer of a dyno to show.</summary>
internal static class ErrorPages
{
    public static readonly string Application = Page(
        "Application error",
        "An error occurred in the application and your page could not be served. The logs of the app tell why.");

    public static readonly string Maintenance = Page(
        "Offline for Maintenance",
        "This application is undergoing maintenance right now. Please check back later.");

    public static readonly string NoSuchApp = Page("No such app", "There is no app with that name on this platform.");

    public static readonly string Welcome = Page("Welcome to your new app!", "Nothing was deployed to it yet.");

    private static string Page(string title, string text) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
          <head><meta charset="utf-8"><title>{title}</title></head>
          <body><main><h1>{title}</h1><p>{text}</p></main></body>
        </html>

        """;
}
