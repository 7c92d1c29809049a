#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Wercker.Pipeline.Tests.Secrets;

[TestFixture]
public sealed class SecretMaskerPropertyTests
{
    [FsCheck.NUnit.Property(Arbitrary = [typeof(MaskingCases)], MaxTest = 300)]
    public FsCheck.Property Mask_TwoEncodings_LeavesNoTwelveCharacters(ChainCase input)
    {
        var masker = Masked.Masker(input.Secret);
        var once = Encodings.All[input.First](input.Secret);
        var twice = Encodings.All[input.Second](once);

        var output = Masked.Text(masker, $"{input.Before}{once}{input.After}\n{input.Before}{twice}{input.After}", input.Chunks);

        return (Masked.Leak(once, output) ?? Masked.Leak(twice, output)) is { } leak ? false.Label($"{leak} survives in {output}") : true.ToProperty();
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(MaskingCases)], MaxTest = 300)]
    public FsCheck.Property Mask_TwoEncodingsWithNeighboursInBoth_LeavesNoTwelveCharacters(ChainCase input)
    {
        // What stands before a text moves the line breaks of an inner encoding to where nobody can know.
        var first = Encodings.Wraps(input.First) ? "base64" : input.First;
        var second = Encodings.Wraps(input.Second) ? "base64" : input.Second;
        var inner = $"user:{input.Secret}{input.After}";
        var once = Encodings.All[first](inner);
        var region = Encodings.Region(first, inner, 5..(5 + input.Secret.Length));
        var outer = $"{input.Before}x={once};";
        var start = input.Before.Length + 2;
        var twice = Encodings.All[second](outer);
        var visible = twice[Encodings.Region(second, outer, (start + region.Start.Value)..(start + region.End.Value))];

        var output = Masked.Text(Masked.Masker(input.Secret), $"> {twice} <", input.Chunks);

        return Masked.Leak(visible, output) is { } leak ? false.Label($"{leak} survives in {output}") : true.ToProperty();
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(MaskingCases)], MaxTest = 300)]
    public FsCheck.Property Mask_AnySecretInsideAnEncodedText_LeavesNoTwelveCharacters(ChainCase input)
    {
        var masker = Masked.Masker(input.Secret);
        var text = "user:" + input.Secret + input.After;
        var encoded = Encodings.All[input.First](text);
        var output = Masked.Text(masker, encoded, input.Chunks);
        var middle = Encodings.Wraps(input.First) ? Unwrapped(input.First, text, input.Secret.Length) : encoded[Encodings.Region(input.First, text, 5..(5 + input.Secret.Length))];

        return Masked.Leak(middle, output) is { } leak ? false.Label($"{leak} survives in {output}") : true.ToProperty();
    }

    private static string Unwrapped(string encoding, string text, int length)
    {
        var plain = encoding == "xxd -p" ? "hex" : "base64";
        return Encodings.All[plain](text)[Encodings.Region(plain, text, 5..(5 + length))];
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(MaskingCases)], MaxTest = 300)]
    public FsCheck.Property Write_AnyText_HoldsBackOnlyTheBeginningOfASecret(ChainCase input)
    {
        var text = Encoding.UTF8.GetBytes($"{input.Before}{input.Secret[..^1]}".Replace("\x1b[1m", "", StringComparison.Ordinal));
        var output = new ArrayBufferWriter<byte>();
        Masked.Masker(input.Secret).OpenSession().Write(text, output);
        var held = text.AsMemory(output.WrittenCount);

        // A masked piece is three bytes however long it was; then nothing can be said about how much is held.
        var masked = output.WrittenSpan.IndexOf("***"u8) >= 0;
        return (masked || held.IsEmpty || SlowMasker.Patterns(input.Secret).Any(pattern => pattern.Bytes.AsSpan().StartsWith(held.Span)))
            .Label($"'{Encoding.UTF8.GetString(held.Span)}' is held back and begins nothing");
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(MaskingCases)], MaxTest = 300)]
    public FsCheck.Property Mask_AnyChunks_EqualsTheSlowMasker(StreamCase input)
    {
        var masker = Masked.Masker(input.Secrets);
        var text = Encoding.UTF8.GetBytes(input.Text);
        var expected = SlowMasker.Mask(SlowMasker.Patterns(input.Secrets), text);

        return Masked.Stream(masker, text).AsSpan().SequenceEqual(expected).Label("all at once")
            .And(Masked.Stream(masker, text, input.Chunks).AsSpan().SequenceEqual(expected).Label("in chunks"))
            .And((masker.Mask(input.Text) == Encoding.UTF8.GetString(expected)).Label("as a string"));
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Mask_NoSecretInside_PassesEveryByte(byte[] text, PositiveInt chunk) =>
        Masked.Stream(Masked.Masker("correct-horse-battery"), text, chunk.Get).AsSpan().SequenceEqual(text);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Mask_AnyString_KeepsWhatIsNotSecret(string? before, string? after)
    {
        // Strings of FsCheck have half surrogate pairs, which must come out as they went in. "c ESC blank correct" is left out: a terminal
        // takes "ESC blank c" for a sequence, so it shows the secret from the first c on.
        before = before?.Replace("\x1b", "", StringComparison.Ordinal);
        var masker = Masked.Masker("correct-horse-battery");
        return masker.Mask($"{before} correct-horse-battery {after}") == $"{before} *** {after}";
    }
}
