using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Wercker.Pipeline.Stores;

/// <summary>A part of an output log as it is kept. A sealed block is compressed and never changes; a piece is the end of a log that grows, and a sealed block replaces it.</summary>
/// <param name="Offset">Where it begins, in bytes of the log.</param>
/// <param name="Length">How many bytes of the log it holds.</param>
/// <param name="IsSealed">True when it is compressed.</param>
/// <param name="Body">The bytes as they are kept.</param>
/// <param name="Digest">Tells whether the body is what was written.</param>
internal sealed record LogBlock(long Offset, int Length, bool IsSealed, byte[] Body, byte[] Digest)
{
    /// <summary>How many bytes of a log are compressed together.</summary>
    public const int MaxLength = 256 * 1024;

    private const int DigestLength = 8;

    // The lowest quality: a third of the bytes more than the next one for a quarter of its time, and a log waits for nobody.
    private const int Quality = 0;
    private const int Window = 18;

    public long End => Offset + Length;

    public static LogBlock Piece(long offset, ReadOnlySpan<byte> bytes) => new(offset, bytes.Length, false, bytes.ToArray(), DigestOf(bytes));

    public static LogBlock Seal(long offset, ReadOnlySpan<byte> bytes)
    {
        var packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(bytes.Length));
        try
        {
            using var encoder = new BrotliEncoder(Quality, Window);
            encoder.Compress(bytes, packed, out _, out var count, isFinalBlock: true);
            var body = packed.AsSpan(0, count);
            return new(offset, bytes.Length, true, body.ToArray(), DigestOf(body));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>The bytes of the log; null when they are damaged.</summary>
    public byte[]? Open()
    {
        if (!DigestOf(Body).AsSpan().SequenceEqual(Digest))
        {
            return null;
        }

        if (!IsSealed)
        {
            return Body.Length == Length ? Body : null;
        }

        var bytes = new byte[Length];
        return BrotliDecoder.TryDecompress(Body, bytes, out var count) && count == Length ? bytes : null;
    }

    private static byte[] DigestOf(ReadOnlySpan<byte> body) => SHA256.HashData(body)[..DigestLength];
}
