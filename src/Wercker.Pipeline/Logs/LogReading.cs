namespace Wercker.Pipeline.Logs;

/// <summary>What one reading of a source saw.</summary>
internal sealed class LogReading
{
    private const int SampleCount = 3;
    private readonly List<LogEntry> _samples = [];

    /// <summary>The window.</summary>
    public required SourceQuery Query { get; init; }

    /// <summary>How many entries there were, without ignored ones.</summary>
    public int Count { get; private set; }

    /// <summary>True when the source showed any line at all, ignored ones included.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>What the source says about lost lines; null when it says nothing.</summary>
    public string? Lost { get; private set; }

    /// <summary>Why the source could not be asked, or not to the end; null when it could.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The first entries.</summary>
    public IReadOnlyList<LogEntry> Samples => _samples;

    /// <summary>Reads. A source that fails is part of what was seen, for it must not hide what another one shows.</summary>
    /// <param name="source">The source.</param>
    /// <param name="query">The window.</param>
    /// <param name="test">Says what is ignored.</param>
    /// <param name="each">Takes each entry; null for nobody.</param>
    /// <param name="cancellationToken">Cancels the deployment.</param>
    public static async Task<LogReading> ReadAsync(ILogSource source, SourceQuery query, LogTest test, Action<LogEntry>? each, CancellationToken cancellationToken)
    {
        var reading = new LogReading { Query = query };
        try
        {
            await foreach (var entry in source.ReadAsync(query, cancellationToken).ConfigureAwait(false))
            {
                reading.Add(entry, test, each);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            reading.Failure = e;
        }

        return reading;
    }

    /// <summary>Finds out whether a source shows any line at all in a window.</summary>
    /// <returns>False also when it cannot be asked for everything: then nothing proves that it is alive.</returns>
    public static async Task<bool> IsAliveAsync(ILogSource source, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in source.ReadAsync(new SourceQuery(string.Empty, from, until), cancellationToken).ConfigureAwait(false))
            {
                if (!entry.Lost)
                {
                    return true;
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        return false;
    }

    private void Add(LogEntry entry, LogTest test, Action<LogEntry>? each)
    {
        if (entry.Lost)
        {
            Lost ??= entry.Message;
            return;
        }

        IsAlive = true;
        if (test.Ignores(entry))
        {
            return;
        }

        Count++;
        if (_samples.Count < SampleCount)
        {
            _samples.Add(entry);
        }

        each?.Invoke(entry);
    }
}
