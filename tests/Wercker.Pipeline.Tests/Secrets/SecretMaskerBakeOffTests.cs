using System.Net;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>Every way of printing a secret at which another masker was seen to fail.</summary>
[TestFixture]
public sealed partial class SecretMaskerBakeOffTests
{
    // Lengths of every remainder mod 3, with all the characters that some encoding escapes.
    private static readonly string[] Values = ["pa\"ss'w/o+r&d<1>%2 3~?xyzQ", "pa\"ss'w/o+r&d<1>%2 3~?xyzQR", "pa\"ss'w/o+r&d<1>%2 3~?xyzQRS"];

    private static readonly string Pem =
        "-----BEGIN PRIVATE KEY-----\n" + string.Join('\n', Lines(Convert.ToBase64String(Noise(1190)), 64)) + "\n-----END PRIVATE KEY-----\n";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<TestCaseData> Renderings()
    {
        foreach (var value in Values)
        {
            foreach (var (name, rendering) in Of(value))
            {
                yield return new TestCaseData(value, rendering).SetArgDisplayNames(name, $"{value.Length % 3}");
            }
        }

        foreach (var (name, rendering) in OfPem())
        {
            yield return new TestCaseData(Pem, rendering).SetArgDisplayNames("PEM", name);
        }
    }

    private static IEnumerable<(string Name, string Rendering)> Of(string value)
    {
        yield return ("plain", value);
        yield return ("base64", Base64(value));
        yield return ("base64 after 2 bytes", Base64("u:" + value)[3..]);
        yield return ("base64 after 5 bytes", Base64("user:" + value)[7..]);
        yield return ("base64 after 5 bytes before newline", Base64("root:" + value + "\n")[7..]);
        yield return ("base64 before newline", Base64(value + "\n"));
        yield return ("base64url", Url(value));
        yield return ("base64 wrapped at 64", string.Join('\n', Lines(Base64(new string('x', 36) + value), 64)));
        yield return ("base64 wrapped at 76, CRLF", string.Join("\r\n", Lines(Base64(new string('x', 46) + value), 76)));
        yield return ("URI escape", Uri.EscapeDataString(value));
        yield return ("URI escape, lower case", LowerPercent(Uri.EscapeDataString(value)));
        yield return ("form", WebUtility.UrlEncode(value));
        yield return ("form, lower case", LowerPercent(WebUtility.UrlEncode(value)));
        yield return ("JSON", JsonSerializer.Serialize(value, Relaxed)[1..^1]);
        yield return ("JSON, escaped slash", JsonSerializer.Serialize(value, Relaxed)[1..^1].Replace("/", "\\/", StringComparison.Ordinal));
        yield return ("JSON \\u0022", JsonSerializer.Serialize(value)[1..^1]);
        yield return ("JSON \\u003c", LowerUnicode(JsonSerializer.Serialize(value)[1..^1]));
        yield return ("JSON in JSON", JsonSerializer.Serialize(JsonSerializer.Serialize(value, Relaxed), Relaxed)[3..^3]);
        yield return ("XML", SecurityElement.Escape(value)!);
        yield return ("HTML", WebUtility.HtmlEncode(value));
        yield return ("shell, single quotes", value.Replace("'", "'\\''", StringComparison.Ordinal));
        yield return ("shell, backslashes", ShellSpecial().Replace(value, "\\$0"));
        yield return ("PowerShell", value.Replace("'", "''", StringComparison.Ordinal));
        yield return ("hex", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)));
        yield return ("hex, upper case", Convert.ToHexString(Encoding.UTF8.GetBytes(value)));
    }

    private static IEnumerable<(string Name, string Rendering)> OfPem()
    {
        yield return ("whole", Pem);
        yield return ("one line", Pem.Split('\n')[5]);
        yield return ("CRLF", Pem.ReplaceLineEndings("\r\n"));
        yield return ("without the final newline", Pem.TrimEnd());
        yield return ("JSON", JsonSerializer.Serialize(Pem, Relaxed)[1..^1]);
        yield return ("JSON in JSON", JsonSerializer.Serialize(JsonSerializer.Serialize(Pem, Relaxed), Relaxed)[3..^3]);
        yield return ("JSON \\u0022", JsonSerializer.Serialize(Pem)[1..^1]);
        yield return ("all in one line", string.Concat(Pem.Split('\n')[1..^2]));
        yield return ("base64", Base64(Pem));
        yield return ("base64 wrapped at 64", string.Join('\n', Lines(Base64(Pem), 64)));
        yield return ("base64 of CRLF wrapped at 76, CRLF", string.Join("\r\n", Lines(Base64(Pem.ReplaceLineEndings("\r\n")), 76)));
        yield return ("hex wrapped at 60", string.Join('\n', Lines(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Pem)), 60)));
    }

    [TestCaseSource(nameof(Renderings))]
    public void Mask_Rendering_LeavesNoTwelveCharacters(string secret, string rendering)
    {
        var masker = Masked.Masker(secret);

        var all = Masked.Text(masker, $"before {rendering} after\n");
        var cut = Masked.Text(masker, $"before {rendering} after\n", 1, 7, 3);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(all, Does.StartWith("before ").And.EndWith(" after\n").And.Contain("***"));
            Assert.That(Leaks(rendering, all), Is.Empty);
            Assert.That(cut, Is.EqualTo(all));
            Assert.That(masker.Mask($"before {rendering} after\n"), Is.EqualTo(all));
        }
    }

    [TestCaseSource(nameof(Values))]
    public void Mask_ColourInside_IsOneMask(string value)
    {
        var coloured = string.Concat(value.Select(c => $"\x1b[1;3{c % 8}m{c}\x1b[0m"));
        var linked = value.Insert(5, "\x1b]8;;https://example.com/\x1b\\").Insert(3, "\x1b]0;title\a").Insert(2, "\x1b(B");

        Assert.That(Masked.Text(Masked.Masker(value), $"a {coloured} b {linked} c", 5), Is.EqualTo("a \x1b[1;3" + (value[0] % 8) + "m***\x1b[0m b *** c"));
    }

    [Test]
    public void Mask_PemLineByLine_ShowsOnlyWhatIsPublic()
    {
        var masker = Masked.Masker(Pem);

        var lines = Pem.TrimEnd().Split('\n').Select(masker.Mask).ToArray();

        Assert.That(lines, Is.EqualTo((string[])["-----BEGIN PRIVATE KEY-----", .. Enumerable.Repeat("***", lines.Length - 2), "-----END PRIVATE KEY-----"]));
    }

    [Test]
    public void Mask_PemKeptInOneLine_IsMaskedWhenPrintedWithLineEnds()
    {
        var masker = Masked.Masker(Pem.Replace("\n", "\\n", StringComparison.Ordinal));

        Assert.That(masker.Mask(Pem), Is.EqualTo("***\n"));
    }

    /// <summary>The stretches of 12 characters that survive; the lines that only say what kind of key it is, and the x before it, are no secret.</summary>
    private static IEnumerable<string> Leaks(string rendering, string output) =>
        rendering.Split('\n', '\r').Where(part => !part.StartsWith("-----", StringComparison.Ordinal) && part.Length >= 12)
            .Select(part => Masked.Leak(part.Replace("eHh4", "    ", StringComparison.Ordinal), output)).OfType<string>();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Url(string text) => Base64(text).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string LowerPercent(string text) => PercentEscape().Replace(text, match => match.Value.ToLowerInvariant());

    private static string LowerUnicode(string text) => UnicodeEscape().Replace(text, match => match.Value.ToLowerInvariant());

    private static IEnumerable<string> Lines(string text, int columns) => text.Chunk(columns).Select(line => new string(line));

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex PercentEscape();

    [GeneratedRegex(@"\\u[0-9A-F]{4}")]
    private static partial Regex UnicodeEscape();

    [GeneratedRegex(@"[ '""\\|&;()<>!{}*\[\]?^$`,]")]
    private static partial Regex ShellSpecial();
}
