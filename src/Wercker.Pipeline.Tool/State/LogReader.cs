using System.Runtime.CompilerServices;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Reads a run's log as whole lines, to its present end or until the run has ended.</summary>
internal sealed class LogReader(StateDirectory state, string id, bool follow, TimeProvider clock)
{
    private const int BlockSize = 256 * 1024;
    private const int Patience = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private int _looks;

    /// <summary>The lines; the memory is valid until the next ones are asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = await OpenAsync(cancellationToken);
        var buffer = new byte[BlockSize];
        var held = 0;
        var isLast = !follow;
        while (true)
        {
            var count = await file.ReadAsync(buffer.AsMemory(held), cancellationToken);
            var filled = held + count;
            var end = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && filled == buffer.Length)
            {
                end = filled;
            }

            if (end > 0)
            {
                yield return buffer.AsMemory(0, end);
            }

            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            held = filled - end;
            if (count > 0)
            {
                continue;
            }

            if (isLast)
            {
                break;
            }

            // Asked before the last look at the file, so that nothing written in between is missed.
            isLast = await HasEndedAsync(cancellationToken);
            if (!isLast)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }

        if (held > 0)
        {
            buffer[held] = (byte)'\n';
            yield return buffer.AsMemory(0, held + 1);
        }
    }

    /// <summary>The last lines are written after the journal's last event and before the last report.</summary>
    private async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
    {
        if ((await state.ReadAsync(id, cancellationToken)).Status == DeployStatus.Running)
        {
            return false;
        }

        try
        {
            using var report = File.OpenRead(Path.Combine(state.DirectoryOf(id), "report.json"));
            return DeployReport.ReadJson(report).Status != DeployStatus.Running || ++_looks > Patience;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            return ++_looks > Patience;
        }
    }

    /// <summary>A run is journaled an instant before its log is there.</summary>
    private async Task<FileStream> OpenAsync(CancellationToken cancellationToken)
    {
        var path = state.LogOf(id);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                if (!follow || await HasEndedAsync(cancellationToken))
                {
                    throw new ConfigurationException($"Run {id} has no log: {path} does not exist.", exception);
                }
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
