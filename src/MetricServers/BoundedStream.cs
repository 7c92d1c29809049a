namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>Reads a stream up to a limit, so that no answer fills the memory.</summary>
/// <param name="inner">The stream; disposed with this one.</param>
/// <param name="limit">How many bytes are read.</param>
internal sealed class BoundedStream(Stream inner, long limit) : Stream
{
    private long _seen;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _seen; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read) => (_seen += read) <= limit
        ? read
        : throw new InvalidDataException($"the answer is longer than {limit} bytes. Ask for fewer series or less time, or allow a longer answer.");
}
