using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Opens the dashboard once: whoever starts it gets it in a link, and it is worth nothing once the link was followed.</summary>
internal sealed class EntryToken
{
    private readonly byte[] _digest;
    private int _isUsed;

    public EntryToken()
    {
        Text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes(Text));
    }

    public string Text { get; }

    /// <summary>Takes the token, if it is the one and nobody has taken it before.</summary>
    public bool TryUse(string? text) =>
        text is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), _digest) && Interlocked.Exchange(ref _isUsed, 1) == 0;
}
