using System.Buffers;

namespace Wercker.Pipeline.Benchmarks.Masking;

/// <summary>Takes bytes in one buffer that is used again for every block, as a log writer would.</summary>
internal sealed class FixedWriter(int capacity) : IBufferWriter<byte>
{
    private readonly byte[] _buffer = new byte[capacity];

    public long Total { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Count);

    public void Advance(int count)
    {
        Count += count;
        Total += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(Count);

    public Span<byte> GetSpan(int sizeHint = 0) => _buffer.AsSpan(Count);

    public void Clear() => Count = 0;
}
