#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
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
    public FsCheck.Property Mask_AnySecretInsideAnEncodedText_LeavesNoTwelveCharacters(ChainCase input)
    {
        var masker = Masked.Masker(input.Secret);
        var encode = Encodings.All[input.First];
        var opaque = input.First.StartsWith("base64", StringComparison.Ordinal);

        // In base64 the characters at the edges hold bits of what stands beside the secret; they are not looked at.
        var output = Masked.Text(masker, encode("user:" + input.Secret + input.After), input.Chunks);
        var middle = encode("user:" + input.Secret)[encode("user:").TrimEnd('=').Length..].TrimEnd('=');
        middle = opaque ? middle[2..^2] : middle;

        return Masked.Leak(middle, output) is { } leak ? false.Label($"{leak} survives in {output}") : true.ToProperty();
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
