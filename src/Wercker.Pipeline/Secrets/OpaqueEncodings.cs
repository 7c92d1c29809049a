using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>Encodings after which a text is not recognised any more: base64, base64url, hexadecimal.</summary>
internal static class OpaqueEncodings
{
    // Six characters of base64 are 36 bits: what looks like it by chance is a word of six letters, and rare.
    private const int Shortest = 7;

    /// <summary>All encodings of a text, as they appear whatever stands before and after it.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var before = 0; before < 3; before++)
        {
            var base64 = Base64(bytes, before);
            if (base64.Length >= Shortest)
            {
                yield return base64;
                yield return Url(base64);
            }
        }

        var padded = Convert.ToBase64String(bytes);
        if (padded.Length > Shortest)
        {
            yield return padded;
            yield return Url(padded);
        }

        if (bytes.Length * 2 > Shortest)
        {
            yield return Convert.ToHexStringLower(bytes);
            yield return Convert.ToHexString(bytes);
        }
    }

    /// <summary>The encodings as command line tools write them, in lines: base64 at 64 and 76 columns, hexadecimal at 60.</summary>
    public static IEnumerable<string> Wrapped(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var base64 = Base64(bytes, 0);
        (string Encoded, int Columns, string LineEnd)[] forms = [(base64, 64, "\n"), (base64, 76, "\n"), (base64, 76, "\r\n"), (Convert.ToHexStringLower(bytes), 60, "\n")];
        return forms.Where(form => form.Encoded.Length > form.Columns)
            .Select(form => string.Join(form.LineEnd, form.Encoded.Chunk(form.Columns).Select(line => new string(line))));
    }

    /// <summary>
    /// The base64 of the bytes when they follow <paramref name="before"/> (mod 3) others: only the characters all of whose six bits
    /// come from the bytes, so that neither what stands before nor what stands after changes them.
    /// </summary>
    private static string Base64(byte[] bytes, int before)
    {
        var shifted = new byte[before + bytes.Length];
        bytes.CopyTo(shifted, before);
        var text = Convert.ToBase64String(shifted);
        var first = ((before * 8) + 5) / 6;
        var end = shifted.Length * 8 / 6;
        return end > first ? text[first..end] : string.Empty;
    }

    private static string Url(string base64) => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
