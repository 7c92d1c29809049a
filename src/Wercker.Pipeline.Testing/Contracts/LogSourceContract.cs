using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What every <see cref="ILogSource"/> must do.</summary>
public sealed class LogSourceContract
{
    private readonly Func<IReadOnlyList<LogEntry>, CancellationToken, ValueTask<ILogSource>> _create;
    private readonly DateTimeOffset _start;
    private readonly bool _isOrdered;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes a source whose log holds exactly these entries; called once per rule. The kit disposes it if it can be disposed.</param>
    /// <param name="createBlind">Makes a source that cannot see: a wrong key, a host that is down.</param>
    /// <param name="start">When the log of the kit begins, on a whole second; it lasts a minute. Null for noon of 1 March 2026.</param>
    /// <param name="isOrdered">False for a source that has no order. Default: true, the oldest first.</param>
    public LogSourceContract(
        Func<IReadOnlyList<LogEntry>, CancellationToken, ValueTask<ILogSource>> create,
        Func<CancellationToken, ValueTask<ILogSource>> createBlind,
        DateTimeOffset? start = null,
        bool isOrdered = true)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(createBlind);
        _create = create;
        _start = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        _isOrdered = isOrdered;
        Rules =
        [
            new("The source has a name that stays", token => WithLogAsync([], NameStaysAsync, token)),
            new("An empty log gives no entries and no error", token => WithLogAsync([], (source, t) => ExpectAsync(source, 0, 60, [], t), token)),
            new("An empty query reads the whole window", token => WithLogAsync(Entries(1, 20, 40), (source, t) => ExpectAsync(source, 0, 60, [1, 20, 40], t), token)),
            new("The window's start is in it and its end is not", token => WithLogAsync(Entries(9, 10, 11, 19, 20, 21), (source, t) => ExpectAsync(source, 10, 20, [10, 11, 19], t), token)),
            new("An entry comes with its time and its text as they are", token => WithLogAsync([Strange()], TextStaysAsync, token)),
            new("A log can be read twice", token => WithLogAsync(Entries(5, 6), ReadsTwiceAsync, token)),
            new("Reading can be canceled", token => WithLogAsync(Entries(5, 6), CancelsAsync, token)),
            new("A source that cannot see throws", token => BlindThrowsAsync(createBlind, token)),
        ];
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private async Task WithLogAsync(IReadOnlyList<LogEntry> entries, Func<ILogSource, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        var source = await _create(entries, cancellationToken).ConfigureAwait(false);
        try
        {
            await verify(source, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(source).ConfigureAwait(false);
        }
    }

    private static Task NameStaysAsync(ILogSource source, CancellationToken cancellationToken)
    {
        var name = source.Name;
        Expect.That(!string.IsNullOrWhiteSpace(name), "The source has no name: a report could not say where the log was read.");
        Expect.That(source.Name == name, $"The name was '{name}' and then '{source.Name}'.");
        return Task.CompletedTask;
    }

    private async Task ExpectAsync(ILogSource source, int from, int until, int[] seconds, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(source, from, until, cancellationToken).ConfigureAwait(false);
        var seen = (_isOrdered ? read : [.. read.OrderBy(entry => entry.At)]).Select(entry => (int)(entry.At - _start).TotalSeconds).ToArray();
        Expect.That(seen.SequenceEqual(seconds), $"In the window from second {from} to {until} the entries are of the seconds [{string.Join(", ", seen)}]; expected [{string.Join(", ", seconds)}].");
    }

    private async Task TextStaysAsync(ILogSource source, CancellationToken cancellationToken)
    {
        var expected = Strange();
        var read = await ReadAsync(source, 0, 60, cancellationToken).ConfigureAwait(false);
        Expect.That(read.Count == 1, $"One entry was written, {read.Count} were read.");
        Expect.That(read[0].Message == expected.Message, $"The text '{expected.Message}' was read as '{read[0].Message}'.");
        Expect.That(read[0].At == expected.At, $"The entry of {expected.At:O} was read as of {read[0].At:O}.");
    }

    private async Task ReadsTwiceAsync(ILogSource source, CancellationToken cancellationToken)
    {
        await ExpectAsync(source, 0, 60, [5, 6], cancellationToken).ConfigureAwait(false);
        await ExpectAsync(source, 0, 60, [5, 6], cancellationToken).ConfigureAwait(false);
    }

    private Task CancelsAsync(ILogSource source, CancellationToken cancellationToken) =>
        Expect.CanceledAsync(nameof(ILogSource.ReadAsync), token => ReadAsync(source, 0, 60, token), cancellationToken);

    private async Task BlindThrowsAsync(Func<CancellationToken, ValueTask<ILogSource>> createBlind, CancellationToken cancellationToken)
    {
        var source = await createBlind(cancellationToken).ConfigureAwait(false);
        try
        {
            await Expect.ThrowsAsync(
                "A source that cannot see answered as if there were nothing: a log test would take that for a clean log.",
                () => ReadAsync(source, 0, 60, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(source).ConfigureAwait(false);
        }
    }

    private Task<List<LogEntry>> ReadAsync(ILogSource source, int from, int until, CancellationToken cancellationToken) =>
        Expect.ListAsync(source.ReadAsync(new SourceQuery(string.Empty, _start.AddSeconds(from), _start.AddSeconds(until)), cancellationToken), cancellationToken);

    private LogEntry[] Entries(params int[] seconds) => [.. seconds.Select(second => new LogEntry(_start.AddSeconds(second), $"entry of second {second}", "web.1"))];

    // One line: platforms cut logs at line ends.
    private LogEntry Strange() => new(_start.AddSeconds(7), "level=error msg=\"é 日本 🚀\" <b> & 'x' \\ {\"a\": [1]} 100% \t end", "web.1");
}
