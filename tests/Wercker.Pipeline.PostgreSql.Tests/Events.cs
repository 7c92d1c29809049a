namespace Wercker.Pipeline.PostgreSql.Tests;

/// <summary>Events for the tests.</summary>
internal static class Events
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DeployEvent Started(string id, string app = "shop", string? target = null, int minute = 0) => new()
    {
        DeploymentId = id,
        Sequence = 1,
        At = Noon.AddMinutes(minute),
        Kind = DeployEventKind.DeploymentStarted,
        Header = new DeploymentHeader { Pipeline = "p", App = app, Revision = "a1b2c3d", Target = target, RequestedBy = "ann", Steps = ["Push"] },
    };

    public static DeployEvent Warning(string id, long sequence, string message) =>
        new() { DeploymentId = id, Sequence = sequence, At = Noon, Kind = DeployEventKind.Warning, Message = message };

    public static DeployEvent Finished(string id, long sequence) =>
        new() { DeploymentId = id, Sequence = sequence, At = Noon.AddMinutes(9), Kind = DeployEventKind.DeploymentFinished, Verdict = DeployStatus.Failed, Restore = RestoreStatus.Restored };

    public static async Task<List<DeployEvent>> ReadAsync(PostgreSqlStore store, string id)
    {
        var events = new List<DeployEvent>();
        await foreach (var e in store.ReadAsync(id, default))
        {
            events.Add(e);
        }

        return events;
    }
}
