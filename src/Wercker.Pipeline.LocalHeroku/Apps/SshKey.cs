using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.LocalHeroku.Apps;

/// <summary>A public key that may push over SSH.</summary>
internal sealed partial record SshKey(string Type, string Data, string Comment, DateTimeOffset CreatedAt)
{
    public Guid Id { get; } = Guid.NewGuid();

    public string PublicKey => Comment.Length == 0 ? $"{Type} {Data}" : $"{Type} {Data} {Comment}";

    /// <summary>MD5 in hexadecimal pairs, the form in which Heroku shows it.</summary>
    public string Fingerprint { get; } = Describe(Data);

    /// <summary>Null when the text is no public key of OpenSSH in one line.</summary>
    public static SshKey? Parse(string text, DateTimeOffset now)
    {
        Match match = OneLine().Match(text.Trim());
        if (!match.Success)
        {
            return null;
        }

        string data = match.Groups["data"].Value;
        Span<byte> blob = new byte[data.Length];
        return Convert.TryFromBase64String(data, blob, out int length) && length > 16
            ? new SshKey(match.Groups["type"].Value, data, match.Groups["comment"].Value.Trim(), now)
            : null;
    }

#pragma warning disable CA5351 // A name for a key, not a proof of anything.
    private static string Describe(string data) =>
        string.Join(':', MD5.HashData(Convert.FromBase64String(data)).Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
#pragma warning restore CA5351

    [GeneratedRegex(@"^(?<type>ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9@.-]+) (?<data>[A-Za-z0-9+/]+={0,2})(?<comment> [^\r\n""]*)?$")]
    private static partial Regex OneLine();
}
