using System.Text;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>Output that grows while it is read: of a build, or of a release phase. Any number of readers, from any offset.</summary>
internal sealed class OutputStream
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _bytes = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");

    public bool IsComplete { get; private set; }

    public void WriteLine(string line)
    {
        lock (_lock)
        {
            if (!IsComplete)
            {
                _bytes.Write(Encoding.UTF8.GetBytes(line + "\n"));
                Announce();
            }
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            IsComplete = true;
            Announce();
        }
    }

    /// <summary>The bytes from the offset on, at least one; empty when the output has ended.</summary>
    public async ValueTask<byte[]> ReadAsync(long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (offset < _bytes.Length)
                {
                    return _bytes.GetBuffer().AsSpan((int)offset, (int)(_bytes.Length - offset)).ToArray();
                }

                if (IsComplete)
                {
                    return [];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Announce()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
