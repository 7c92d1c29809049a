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
    };
}
