using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>Proves who wrote the body of a webhook: "sha256=" and its HMAC-SHA256 (RFC 2104) under a shared secret, in hexadecimal digits.</summary>
internal static class BodySignature
{
    public const string Header = "X-Wercker-Signature";

    /// <summary>The key of a secret.</summary>
    /// <param name="secret">16 characters at least.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="ConfigurationException">The secret is too short.</exception>
    public static byte[] Key(Secret secret, string what) => secret.Reveal() is { Length: >= 16 } text
        ? Encoding.UTF8.GetBytes(text)
        : throw new ConfigurationException($"{what} is too short: take 16 characters or more, by chance.");

    public static string Of(ReadOnlySpan<byte> body, byte[] key) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, body));

    public static bool Proves(string? signature, ReadOnlySpan<byte> body, byte[] key) =>
        signature is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(body, key)), Encoding.ASCII.GetBytes(signature.Trim()));
}
