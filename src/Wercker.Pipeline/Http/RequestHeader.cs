using System.Text;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Http;

/// <summary>A header of the requests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Secret">The value, when it was given as a secret.</param>
internal sealed record RequestHeader(string Name, string Value, Secret? Secret)
{
    private const int ShortestCookie = 8;

    // Who sends a credential as if it were none has it in the source code already, and need not have it in every log too.
    private static readonly string[] CredentialWords = ["auth", "cookie", "token", "secret", "password", "key", "credential", "signature"];

    /// <summary>What no output may show: the value, and what an application may repeat of it. Empty for a header without a credential.</summary>
    public IEnumerable<(string Name, Secret Secret)> Secrets => Secret is null && !CredentialWords.Any(word => Name.Contains(word, StringComparison.OrdinalIgnoreCase))
        ? []
        : Parts().Where(part => part.Length > 0).Distinct(StringComparer.Ordinal).Select((part, i) => (i == 0 ? Name : $"{Name} (part {i})", new Secret(part)));

    public static bool IsPossible(string name, string value) =>
        !string.IsNullOrEmpty(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !value.Any(c => c is '\r' or '\n' or '\0');

    /// <summary>The value; what follows its scheme (RFC 9110, 11.4); the user's password (RFC 7617); the value of each cookie (RFC 6265, 4.2.1).</summary>
    private IEnumerable<string> Parts()
    {
        var whole = Value.Trim();
        yield return whole;
        if (Name.Contains("cookie", StringComparison.OrdinalIgnoreCase))
        {
            // "theme=dark" is no secret, and there is no telling but by the length.
            foreach (var cookie in whole.Split(';', StringSplitOptions.TrimEntries).Select(pair => pair[(pair.IndexOf('=') + 1)..].Trim('"')).Where(value => value.Length >= ShortestCookie))
            {
                yield return cookie;
            }
        }
        else if (whole.IndexOf(' ') is > 0 and var end)
        {
            var credential = whole[end..].TrimStart();
            yield return credential;
            if (whole.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Decode(credential) is { } pair)
            {
                yield return pair;
                yield return pair[(pair.IndexOf(':') + 1)..];
            }
        }
    }

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
