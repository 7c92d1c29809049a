using System.Text;
using System.Text.Unicode;

namespace Wercker.Pipeline.Configuration;

/// <summary>Turns the bytes of a configuration file into text, or says why they are none.</summary>
internal static class SourceDecoder
{
    /// <summary>The largest file that is read. Real ones have about 1 KB.</summary>
    public const int MaximumBytes = 10 * 1024 * 1024;

    private const string SaveAsUtf8 = "Save the file as UTF-8.";

    public static SourceText Decode(ReadOnlySpan<byte> bytes, string file)
    {
        RefuseSize(bytes.Length, file);
        RefuseOtherEncodings(bytes, file);
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        var text = new char[bytes.Length];
        var status = Utf8.ToUtf16(bytes, text, out var read, out var written, replaceInvalidSequences: false);
        if (status == System.Buffers.OperationStatus.Done)
        {
            return new SourceText(file, new string(text, 0, written));
        }

        // The rest is decoded with replacements, so that the message can show the line.
        var source = new SourceText(file, new string(text, 0, written) + Encoding.UTF8.GetString(bytes[read..]));
        throw source.Fault(written, $"the byte 0x{bytes[read]:X2} is not UTF-8", SaveAsUtf8);
    }

    public static SourceText Check(string text, string file)
    {
        RefuseSize(text.Length, file);
        return new SourceText(file, text.StartsWith('\uFEFF') ? text[1..] : text);
    }

    public static void RefuseSize(long length, string file)
    {
        if (length > MaximumBytes)
        {
            var message = $"{file}: error: the file is larger than {MaximumBytes / 1024 / 1024} MiB, the most that is read. Is it the right file?";
            throw new ConfigurationException(message) { File = file };
        }
    }

    private static void RefuseOtherEncodings(ReadOnlySpan<byte> bytes, string file)
    {
        var (name, text) = bytes switch
        {
            [0xFF, 0xFE, 0, 0, ..] => ("UTF-32", Encoding.UTF32),
            [0xFF, 0xFE, ..] => ("UTF-16", Encoding.Unicode),
            [0xFE, 0xFF, ..] => ("UTF-16", Encoding.BigEndianUnicode),
            [(byte)'{', 0, ..] => ("UTF-16 without a byte order mark", Encoding.Unicode),
            [0, (byte)'{', ..] => ("UTF-16 without a byte order mark", Encoding.BigEndianUnicode),
            _ => (null, Encoding.UTF8),
        };
        if (name is not null)
        {
            var source = new SourceText(file, text.GetString(bytes[..Math.Min(bytes.Length, 512)]).TrimStart('\uFEFF'));
            throw source.Fault(0, $"the file is {name}", SaveAsUtf8);
        }
    }
}
