namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>A promise to show lines to whoever knows the address.</summary>
internal sealed record LogSession(string Id, LogBuffer Log, LogFilter Filter, int Lines, bool Tail, DateTimeOffset CreatedAt)
{
    /// <summary>How long a session may be opened after it was made.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(360);
}
