using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>Beats as carbon receives them. See "The plaintext protocol" and "The pickle protocol" in Graphite's "Feeding In Your Data".</summary>
internal static class CarbonMessage
{
    public static byte[] Of(IReadOnlyList<string> names, IReadOnlyList<Beat> beats, bool pickle) => pickle ? Pickle(names, beats) : Plaintext(names, beats);

    /// <summary>One line per point: name, value, second.</summary>
    private static byte[] Plaintext(IReadOnlyList<string> names, IReadOnlyList<Beat> beats)
    {
        var text = new StringBuilder();
        foreach (var beat in beats)
        {
            foreach (var name in names)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name} {beat.Number} {beat.At}\n");
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A list of (name, (second, value)), pickled with protocol 2 (PEP 307), behind its length.</summary>
    private static byte[] Pickle(IReadOnlyList<string> names, IReadOnlyList<Beat> beats)
    {
        const byte proto = 0x80, emptyList = (byte)']', mark = (byte)'(', unicode = (byte)'X', binFloat = (byte)'G', tuple2 = 0x86, appends = (byte)'e', stop = (byte)'.';
        using var message = new MemoryStream();
        message.Write([0, 0, 0, 0, proto, 2, emptyList, mark]);
        Span<byte> eight = stackalloc byte[8];
        foreach (var beat in beats)
        {
            foreach (var name in names)
            {
                message.WriteByte(unicode);
                BinaryPrimitives.WriteInt32LittleEndian(eight, name.Length);
                message.Write(eight[..4]);
                message.Write(Encoding.ASCII.GetBytes(name));
                foreach (double number in (ReadOnlySpan<long>)[beat.At, beat.Number])
                {
                    message.WriteByte(binFloat);
                    BinaryPrimitives.WriteDoubleBigEndian(eight, number);
                    message.Write(eight);
                }

                message.Write([tuple2, tuple2]);
            }
        }

        message.Write([appends, stop]);
        var bytes = message.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        return bytes;
    }
}
