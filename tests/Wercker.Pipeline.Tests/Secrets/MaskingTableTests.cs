using System.Net;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>The 23 renderings at which other maskers were compared, as one table: none may leave twelve characters to be read.</summary>
[TestFixture]
public sealed class MaskingTableTests
{
    // Every length mod 3, and every character that some encoding escapes.
    private static readonly string[] Values = ["k3\"y'/+&<>% ~?Wq8ZtR2mN5", "k3\"y'/+&<>% ~?Wq8ZtR2mN5x", "k3\"y'/+&<>% ~?Wq8ZtR2mN5xV"];

    private static readonly string Pem =
        "-----BEGIN PRIVATE KEY-----\n" + Wrap(Convert.ToBase64String([.. Enumerable.Range(0, 1190).Select(i => (byte)(i * i * 31 / 7))]), 64) + "\n-----END PRIVATE KEY-----\n";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, Func<string, string> Print)[] OfValues =
    [
        ("plain", value => value),
        ("base64(secret)", Base64),
        ("base64(u:secret)", value => Base64("u:" + value)),
        ("base64(user:secret)", value => Base64("user:" + value)),
        ("base64(root:secret\\n)", value => Base64("root:" + value + "\n")),
        ("base64(secret\\n)", value => Base64(value + "\n")),
        ("base64url, no padding", value => Base64(value).TrimEnd('=').Replace('+', '-').Replace('/', '_')),
        ("URI escape %XX", Uri.EscapeDataString),
        ("form-urlencoded (+)", WebUtility.UrlEncode),
        ("URI escape %xx lower case", value => Lower(Uri.EscapeDataString(value))),
        ("JSON \\\"", value => JsonSerializer.Serialize(value, Relaxed)),
        ("JSON \\u0022", value => JsonSerializer.Serialize(value)),
        ("XML escape", value => SecurityElement.Escape(value)!),
        ("POSIX shell quoting", value => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'"),
        ("hex (lower)", value => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value))),
        ("ANSI colour code inside", value => value.Insert(5, "\x1b[1;31m").Insert(3, "\x1b[0m")),
        ("split across two writes", value => value),
    ];

    private static readonly (string Name, Func<string, string> Print)[] OfPem =
    [
        ("PEM line by line", pem => pem),
        ("one PEM line alone", pem => pem.Split('\n')[7]),
        ("PEM as \\n-escaped JSON", pem => JsonSerializer.Serialize(pem, Relaxed)),
        ("PEM with CRLF", pem => pem.ReplaceLineEndings("\r\n")),
        ("PEM without its final newline", pem => pem.TrimEnd('\n')),
        ("base64(PEM) wrapped at 64 cols", pem => Wrap(Base64(pem), 64)),
    ];

    [Test]
    public void Mask_TwentyThreeRenderings_LeaveNoTwelveCharacters()
    {
        var rows = OfValues.Select(form => (form.Name, Verdicts: Values.Select(value => Verdict(form.Name, value, form.Print(value))).ToArray()))
            .Concat(OfPem.Select(form => (form.Name, Verdicts: new[] { Verdict(form.Name, Pem, form.Print(Pem)) })))
            .ToArray();

        TestContext.Out.WriteLine("| rendering | length mod 3 = 0, 1, 2, or PEM |\n|---|---|");
        foreach (var (name, verdicts) in rows)
        {
            TestContext.Out.WriteLine($"| {name} | {string.Join(", ", verdicts)} |");
        }

        Assert.That(Values.Select(value => value.Length % 3), Is.EquivalentTo((int[])[0, 1, 2]));
        Assert.That(rows, Has.Length.EqualTo(23));
        Assert.That(rows.Where(row => row.Verdicts.Any(verdict => verdict != "masked")).Select(row => row.Name), Is.Empty);
    }

    private static string Verdict(string name, string secret, string printed)
    {
        var masker = Masked.Masker(secret);
        int[] chunks = name.StartsWith("split", StringComparison.Ordinal) ? [4 + (printed.Length / 2), 3] : [];
        var output = Masked.Text(masker, $"out: {printed} end\n", chunks);
        var whole = output.StartsWith("out: ", StringComparison.Ordinal) && output.EndsWith(" end\n", StringComparison.Ordinal);
        return whole && Secret(printed).All(part => Masked.Leak(part, output) is null) ? "masked" : "LEAK";
    }

    /// <summary>What of the printed text must not be read: all of it but the lines that say what kind of key it is, and colours.</summary>
    private static IEnumerable<string> Secret(string printed) =>
        printed.Replace("\x1b[1;31m", "", StringComparison.Ordinal).Replace("\x1b[0m", "", StringComparison.Ordinal)
            .Split("\n").Select(line => line.Trim('\r')).Where(line => line.Length >= 12 && !line.StartsWith("-----", StringComparison.Ordinal));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Lower(string text) => string.Concat(text.Split('%').Select((part, i) => i == 0 ? part : "%" + part[..2].ToLowerInvariant() + part[2..]));

    private static string Wrap(string text, int columns) => string.Join('\n', text.Chunk(columns).Select(line => new string(line)));
}
