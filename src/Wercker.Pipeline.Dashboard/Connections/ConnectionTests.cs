using System.Collections.Concurrent;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Connections;

/// <summary>Tests connections, and remembers what was seen for as long as the application lives.</summary>
internal sealed class ConnectionTests(TimeProvider clock)
{
    /// <summary>The word of a test in the list of actions.</summary>
    public const string Kind = "test";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<object, ConnectionResult> _results = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _turn = new(4, 4);

    public IEnumerable<ConnectionModel> Describe(DashboardProject project, ProjectAccess access) =>
        from target in project.Targets
        from connection in target.Connections
        select new ConnectionModel
        {
            Project = access,
            Target = target.Name,
            Number = connection.Number,
            Name = connection.Name,
            Description = connection.Description,
            Result = _results.GetValueOrDefault(connection),
        };

    /// <summary>Tests one, and records who did.</summary>
    public async Task<ConnectionResult> TestAsync(DashboardProject project, DashboardTarget target, DashboardConnection connection, string by, CancellationToken cancellationToken)
    {
        // Whoever clicks often, or the many, do not become a load for others' servers.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await AskAsync(connection, by, cancellationToken).ConfigureAwait(false);
            _results[connection] = result;
            await project.Store.RecordActionAsync(
                new ActionEntry { Kind = Kind, By = by, Target = target.Name, Reason = $"{connection.Name}: {result.Message}" }, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ConnectionResult> AskAsync(DashboardConnection connection, string by, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var began = clock.GetTimestamp();
        bool succeeded;
        string message;
        using var patience = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            message = await connection.Test(clock, stop.Token).ConfigureAwait(false);
            succeeded = true;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            message = $"It did not answer within {Patience.TotalSeconds:0} seconds.";
            succeeded = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            message = exception.Message;
            succeeded = false;
        }

        return new ConnectionResult(succeeded, message, at, Math.Round(clock.GetElapsedTime(began).TotalSeconds, 3), by);
    }
}
