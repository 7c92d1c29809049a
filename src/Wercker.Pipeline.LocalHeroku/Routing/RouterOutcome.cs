namespace Wercker.Pipeline.LocalHeroku.Routing;

/// <summary>Heroku's codes for requests that got no answer of a dyno, and how each is answered.</summary>
internal sealed record RouterOutcome(string Code, string Description, int Status, string Page)
{
    public string Level { get; init; } = "error";

    public static readonly RouterOutcome AppCrashed = new("H10", "App crashed", 503, ErrorPages.Application);
    public static readonly RouterOutcome RequestTimeout = new("H12", "Request timeout", 503, ErrorPages.Application);
    public static readonly RouterOutcome ClosedWithoutResponse = new("H13", "Connection closed without response", 503, ErrorPages.Application);
    public static readonly RouterOutcome NoWebProcesses = new("H14", "No web processes running", 503, ErrorPages.Application);
    public static readonly RouterOutcome Interrupted = new("H18", "Server Request Interrupted", 503, "");
    public static readonly RouterOutcome BootTimeout = new("H20", "App boot timeout", 503, ErrorPages.Application);
    public static readonly RouterOutcome Refused = new("H21", "Backend connection refused", 503, ErrorPages.Application);
    public static readonly RouterOutcome ClientInterrupted = new("H27", "Client Request Interrupted", 499, "") { Level = "warning" };
    public static readonly RouterOutcome Maintenance = new("H80", "Maintenance mode", 503, ErrorPages.Maintenance) { Level = "info" };
    public static readonly RouterOutcome Blank = new("H81", "Blank app", 502, ErrorPages.Welcome) { Level = "info" };
}
