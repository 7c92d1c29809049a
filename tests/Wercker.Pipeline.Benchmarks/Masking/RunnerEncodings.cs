using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wercker.Pipeline.Benchmarks.Masking;

/// <summary>The smaller set of renderings that build servers mask; what the other contenders look for.</summary>
internal static class RunnerEncodings
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string[] Of(IEnumerable<string> secrets) => [.. secrets.SelectMany(Of).Distinct().OrderByDescending(pattern => pattern.Length)];

    private static IEnumerable<string> Of(string secret) =>
    [
        secret, Uri.EscapeDataString(secret), JsonSerializer.Serialize(secret, Relaxed)[1..^1], SecurityElement.Escape(secret)!, Base64(secret, 0), Base64(secret, 1), Base64(secret, 2),
    ];

    private static string Base64(string secret, int skipped)
    {
        var bytes = Encoding.UTF8.GetBytes(secret)[skipped..];
        return Convert.ToBase64String(bytes[..^(bytes.Length % 3)]);
    }
}
