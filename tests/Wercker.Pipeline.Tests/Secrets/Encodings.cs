using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>What programs do to a text before they print it, as the base library does it.</summary>
internal static class Encodings
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly IReadOnlyDictionary<string, Func<string, string>> All = new Dictionary<string, Func<string, string>>
    {
        ["base64"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        ["base64url"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ["uri"] = Uri.EscapeDataString,
        ["form"] = text => new FormUrlEncodedContent([KeyValuePair.Create("v", text)]).ReadAsStringAsync().GetAwaiter().GetResult()[2..],
        ["json"] = text => JsonSerializer.Serialize(text, Relaxed)[1..^1],
        ["json \\u"] = text => JsonSerializer.Serialize(text)[1..^1],
        ["xml"] = text => SecurityElement.Escape(text)!,
        ["hex"] = text => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ["HEX"] = text => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        ["shell"] = text => text.Replace("'", "'\\''", StringComparison.Ordinal),
        ["powershell"] = text => text.Replace("'", "''", StringComparison.Ordinal),
        ["base64 -w 64"] = text => Wrap(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), 64, "\n"),
        ["base64 -w 76"] = text => Wrap(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), 76, "\n"),
        ["base64 -w 76, CRLF"] = text => Wrap(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), 76, "\r\n"),
        ["xxd -p"] = text => Wrap(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)), 60, "\n"),
    };

    /// <summary>Whether the encoding breaks its text into lines, so that what stands before a text moves the breaks.</summary>
    public static bool Wraps(string encoding) => encoding.Contains('-', StringComparison.Ordinal);

    /// <summary>Where a stretch of a text, that may stand between any others, is to be read in the encoded text: without what it shares with its neighbours.</summary>
    public static Range Region(string encoding, string text, Range stretch)
    {
        var (offset, length) = stretch.GetOffsetAndLength(text.Length);
        var start = Encoding.UTF8.GetByteCount(text[..offset]);
        var end = start + Encoding.UTF8.GetByteCount(text.AsSpan(offset, length));
        return encoding switch
        {
            "base64" or "base64url" => (((start * 8) + 5) / 6)..(end * 8 / 6),
            "hex" or "HEX" => (start * 2)..(end * 2),
            _ => All[encoding](text[..offset]).Length..All[encoding](text[..(offset + length)]).Length,
        };
    }

    private static string Wrap(string text, int columns, string lineEnd) => string.Join(lineEnd, text.Chunk(columns).Select(line => new string(line)));
}
