using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>A secret, two encodings of it one after the other, and where the stream is cut.</summary>
public sealed record ChainCase(string Secret, string First, string Second, string Before, string After, int[] Chunks);

/// <summary>Secrets, a stream made of them, of parts of them and of all that is transparent, and where it is cut.</summary>
public sealed record StreamCase(string[] Secrets, string Text, int[] Chunks)
{
    public override string ToString() => $"{string.Join(" | ", Secrets)} in {Convert.ToBase64String(Encoding.UTF8.GetBytes(Text))} cut {string.Join(',', Chunks)}";
}

/// <summary>Makes cases.</summary>
public static class MaskingCases
{
    private const string Anything = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private static readonly string[] Fragments =
    [
        "\n", "\r\n", "\r", " ", "x", "=", "\x1b[31m", "\x1b[0m", "\x1b[", "\x1b", "\x1b]0;t\a", "\x1b]8;;u\x1b\\", "\x1b(B", "é", "😀", "***",
        "0123456789abcdefABCDEF+/0123456789ghijklmnopqrst", "an ordinary line of a log\n",
    ];

    private static Gen<int[]> Chunks => Gen.Choose(1, 9).ArrayOf().Select(lengths => lengths.Length == 0 ? [1] : lengths);

    public static Arbitrary<ChainCase> Chains() =>
        (from length in Gen.OneOf(Gen.Choose(12, 48), Gen.Choose(12, 200))
         from secret in Text(Anything, length)
         where secret.Trim().Length >= 12 && OvermaskGuard.Judge(secret.Trim()) == Maskability.Full
         from first in Gen.Elements(Encodings.All.Keys.ToArray())
         from second in Gen.Elements(Encodings.All.Keys.ToArray())
         from before in Gen.Elements("", "key=", "> ", "\x1b[1m", "\r\n")
         from after in Gen.Elements("", "\n", " ", "\x1b[0m", "\r\n")
         from chunks in Chunks
         select new ChainCase(secret.Trim(), first, second, before, after, chunks)).ToArbitrary();

    /// <summary>Few letters, so that secrets overlap with each other and with themselves.</summary>
    public static Arbitrary<StreamCase> Streams() =>
        (from secrets in Secret().ListOf(3)
         from parts in Gen.OneOf(Gen.Elements(Fragments), Part([.. secrets]), Text("ab'\"1", 3)).ListOf(24)
         from chunks in Chunks
         select new StreamCase([.. secrets], string.Concat(parts), chunks)).ToArbitrary();

    private static Gen<string> Secret() => Gen.OneOf(
        Gen.Choose(4, 14).SelectMany(length => Text("ab'\"1", length)),
        Gen.Choose(6, 90).SelectMany(length => Text("abcdéE1/+%\n", length)));

    private static Gen<string> Part(string[] secrets) =>
        from secret in Gen.Elements(secrets)
        from encoding in Gen.Elements<Func<string, string>>([text => text, text => text, .. Encodings.All.Values])
        from start in Gen.Choose(0, 3)
        from cut in Gen.Choose(0, 3)
        from gap in Gen.Elements("", "", "\x1b[31m", "\n", "\r\n")
        let rendering = encoding(secret)
        let part = rendering[Math.Min(start == 3 ? rendering.Length / 2 : 0, rendering.Length)..^(cut == 3 ? 1 : 0)]
        select part.Insert(part.Length / 2, gap);

    private static Gen<string> Text(string alphabet, int length) => Gen.Elements(alphabet.ToCharArray()).ArrayOf(length).Select(chars => new string(chars));
}
