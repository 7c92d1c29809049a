namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>What is asked of a one-off dyno.</summary>
internal sealed record OneOffRequest(string Command)
{
    public string Type { get; init; } = "run";

    public bool Attach { get; init; }

    public string Size { get; init; } = Formation.DefaultSize;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the dyno may live.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(24);
}
