using System.Buffers;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>One stream of a step's output: raw bytes in, masked whole lines out to the sinks.</summary>
/// <remarks>
/// Memory is bounded: a line longer than <see cref="MaxLine"/> is cut, so that a program which never ends its line can neither
/// fill the memory nor hide its output until the end.
/// </remarks>
internal sealed class OutputChannel(DeploymentScope scope, string stepName, OutputStream stream, RecentOutput? recent)
{
    private const int MaxLine = 1 << 20;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ArrayBufferWriter<byte> _pending = new();
    private MaskingSession? _session;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _session ??= scope.Masker.OpenSession();
            _session.Write(bytes.Span, _pending);
            var end = _pending.WrittenSpan.LastIndexOf((byte)'\n') + 1;
            if (end == 0 && _pending.WrittenCount > MaxLine)
            {
                _pending.Write("\n"u8);
                end = _pending.WrittenCount;
            }

            if (end > 0)
            {
                await EmitAsync(end, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives out what is held back and ends an unfinished line.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _session?.Complete(_pending);
            _session = null;
            if (_pending.WrittenCount > 0)
            {
                if (_pending.WrittenSpan[^1] != (byte)'\n')
                {
                    _pending.Write("\n"u8);
                }

                await EmitAsync(_pending.WrittenCount, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask EmitAsync(int length, CancellationToken cancellationToken)
    {
        var lines = _pending.WrittenMemory[..length];
        recent?.Add(lines.Span);
        await scope.WriteOutputAsync(new OutputBlock(scope.DeploymentId, stepName, stream, scope.Services.TimeProvider.GetUtcNow(), lines), cancellationToken).ConfigureAwait(false);
        var rest = _pending.WrittenSpan[length..];
        if (rest.IsEmpty)
        {
            _pending.ResetWrittenCount();
            return;
        }

        var carried = ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(carried);
        var count = rest.Length;
        _pending.ResetWrittenCount();
        _pending.Write(carried.AsSpan(0, count));
        ArrayPool<byte>.Shared.Return(carried);
    }
}
