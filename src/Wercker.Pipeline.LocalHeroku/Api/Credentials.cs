using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>The API key as a bearer token, or as the password of basic authentication under any user name.</summary>
internal static class Credentials
{
    public static bool AreValid(LocalPlatform platform, HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return IsKey(platform, header[7..].Trim());
        }

        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] decoded = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), decoded, out int length))
        {
            return false;
        }

        string pair = Encoding.UTF8.GetString(decoded, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && IsKey(platform, pair[(colon + 1)..]);
    }

    private static bool IsKey(LocalPlatform platform, string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(platform.ApiKey));
}
