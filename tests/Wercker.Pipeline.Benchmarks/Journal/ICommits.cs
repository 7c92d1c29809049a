using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Benchmarks.Journal;

/// <summary>Something that keeps events durably, one commit each.</summary>
internal interface ICommits
{
    string Name { get; }

    /// <summary>Commits one event; it is on the disk when it returns.</summary>
    /// <param name="writer">Which of the writers it is; none commits twice at once.</param>
    ValueTask CommitAsync(int writer);
}

/// <summary>A store: a deployment for each writer.</summary>
internal sealed class StoreCommits(string name, IDeploymentJournal journal) : ICommits
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly long[] _sequences = new long[64];

    public string Name => name;

    public ValueTask CommitAsync(int writer) => journal.AppendAsync(Event($"d{writer}", ++_sequences[writer]), CancellationToken.None);

    /// <summary>What every contender keeps.</summary>
    public static DeployEvent Event(string deployment, long sequence) => new()
    {
        DeploymentId = deployment,
        Sequence = sequence,
        At = Noon.AddSeconds(sequence),
        Kind = DeployEventKind.StepFinished,
        Step = "PostDeployTest",
        Status = StepStatus.Succeeded,
        Message = "3 commands succeeded",
    };
}

/// <summary>A file that is appended to and synchronized: what the disk itself can do.</summary>
internal sealed class FileCommits(string path) : ICommits, IAsyncDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly byte[] _body = [.. StoreCommits.Event("d0", 2).ToJson(), (byte)'\n'];

    public string Name => "a file";

    public ValueTask CommitAsync(int writer)
    {
        _file.Write(_body);
        _file.Flush(flushToDisk: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
