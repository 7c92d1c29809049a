namespace Wercker.Pipeline.Dashboard.Connections;

/// <summary>A connection of a target.</summary>
/// <param name="Number">Its number within the target.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Where it leads.</param>
/// <param name="Test">Really asks, and says what was seen.</param>
internal sealed record DashboardConnection(int Number, string Name, string Description, Func<TimeProvider, CancellationToken, Task<string>> Test);
