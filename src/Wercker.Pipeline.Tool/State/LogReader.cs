using System.Buffers;
using System.Runtime.CompilerServices;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Reads a run's log as whole lines, to its present end or until the run has ended.</summary>
internal sealed class LogReader(StateDirectory state, string id, bool follow, TimeProvider clock)
{
    // The process of a run may be killed between its last event and the end of its log.
    private const int Patience = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private int _looks;

    /// <summary>The lines; the memory is valid until the next ones are asked for.</summary>
    /// <exception cref="ConfigurationException">The run has no log.</exception>
    /// <exception cref="InvalidDataException">The log is damaged; the lines before the damage have been given.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long at = 0;
        var line = new ArrayBufferWriter<byte>();
        for (var isLast = !follow; ;)
        {
            await foreach (var bytes in state.Store.ReadLogAsync(id, at, cancellationToken))
            {
                at += bytes.Length;
                var end = bytes.Span.LastIndexOf((byte)'\n') + 1;
                if (end > 0 && line.WrittenCount > 0)
                {
                    line.Write(bytes.Span[..end]);
                    yield return line.WrittenMemory;
                    line.ResetWrittenCount();
                }
                else if (end > 0)
                {
                    yield return bytes[..end];
                }

                line.Write(bytes.Span[end..]);
            }

            if (isLast)
            {
                break;
            }

            // Asked before the last look at the log, so that nothing written in between is missed.
            isLast = await HasEndedAsync(cancellationToken);
            if (!isLast)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }

        if (at == 0 && await state.Store.FindLogAsync(id, cancellationToken) is null)
        {
            throw new ConfigurationException($"Run {id} has no log: it was removed, or none was kept.");
        }

        if (line.WrittenCount > 0)
        {
            line.Write("\n"u8);
            yield return line.WrittenMemory;
        }
    }

    /// <summary>The log is closed after the last event.</summary>
    private async Task<bool> HasEndedAsync(CancellationToken cancellationToken) =>
        (await state.ReadAsync(id, cancellationToken)).Status != DeployStatus.Running
        && (await state.Store.FindLogAsync(id, cancellationToken) is { IsClosed: true } || ++_looks > Patience);
}
