using System.Buffers;

namespace Wercker.Pipeline.Http;

/// <summary>What an answer says about the version behind it.</summary>
/// <param name="IsExpected">Whether it is the expected one.</param>
/// <param name="Version">The version; null when the answer only shows that it is another one.</param>
internal sealed record VersionReading(bool IsExpected, string? Version);

/// <summary>Which version must answer.</summary>
/// <param name="Version">The version.</param>
/// <param name="Other">True when any other one must: after a roll back, where nobody knows the name of the old one.</param>
internal sealed record WantedVersion(string Version, bool Other = false)
{
    public string Words => Other ? $"another one than {Version}" : Version;
}

/// <summary>Where answers say which version they come from.</summary>
/// <param name="Where">The place, for people: "the header X-Version".</param>
/// <param name="Read">Reads an answer, given the expected version; null when the answer says nothing about it.</param>
internal sealed record VersionProof(string Where, Func<Answer, string, VersionReading?> Read)
{
    // Shorter beginnings of a hash are too often the same by chance.
    private const int ShortestHash = 7;
    private const int LongestHash = 64;
    private const int LongestVersion = 100;
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+");

    public static VersionProof InHeader(string name) => new(
        $"the header {name}",
        (answer, expected) => answer.Headers.TryGetValue(name, out var value) && value.Trim() is { Length: > 0 } version ? Compare(answer, version, expected) : null);

    // Only a good answer tells: the member of an error document may be something else.
    public static VersionProof InJson(JsonMember member) => new(
        $"the JSON member {member}",
        (answer, expected) => answer.IsSuccess && JsonMember.TextOf(member.Find(answer.Json))?.Trim() is { Length: > 0 } version ? Compare(answer, version, expected) : null);

    public static VersionProof InBody(string? after) => string.IsNullOrWhiteSpace(after)
        ? new("the body", (answer, expected) => answer.IsSuccess ? ReadAnywhere(answer, expected) : null)
        : new($"the body after \"{after}\"", (answer, expected) => answer.IsSuccess ? ReadAfter(after.TrimEnd(), answer, expected) : null);

    /// <summary>True for the same text, and for two hashes of which the longer one begins with the shorter one.</summary>
    public static bool IsSame(string version, string expected)
    {
        var (shorter, longer) = version.Length < expected.Length ? (version, expected) : (expected, version);
        return version == expected || (IsHash(shorter) && IsHash(longer) && longer.StartsWith(shorter, StringComparison.Ordinal));
    }

    private static bool IsHash(string text) => text.Length is >= ShortestHash and <= LongestHash && text.All(char.IsAsciiHexDigitLower);

    private static VersionReading Compare(Answer answer, string version, string expected) => new(IsSame(version, expected), answer.Shorten(version, LongestVersion));

    private static VersionReading? ReadAnywhere(Answer answer, string expected)
    {
        var needle = IsHash(expected) ? expected[..ShortestHash] : expected;
        for (var at = 0; (at = answer.Body.IndexOf(needle, at, StringComparison.Ordinal)) >= 0; at++)
        {
            if ((at == 0 || !WordCharacters.Contains(answer.Body[at - 1])) && StandsAt(answer.Body, at, expected))
            {
                return new VersionReading(true, expected);
            }
        }

        // A body that is one short line is nothing but a version.
        var text = answer.Body.AsSpan().Trim();
        return text.Length is > 0 and <= LongestVersion && !text.ContainsAny('\n', '<') ? new VersionReading(false, text.ToString())
            : answer.Cut is null ? new VersionReading(false, null)
            : null;
    }

    private static VersionReading? ReadAfter(string after, Answer answer, string expected)
    {
        var body = answer.Body;
        VersionReading? found = null;
        for (var at = 0; (at = body.IndexOf(after, at, StringComparison.Ordinal)) >= 0 && found is not { IsExpected: true }; at++)
        {
            var start = at + after.Length;
            while (start < body.Length && char.IsWhiteSpace(body[start]))
            {
                start++;
            }

            found = StandsAt(body, start, expected) ? new VersionReading(true, expected)
                : WordAt(body, start) is { Length: > 0 } version ? Compare(answer, version, expected)
                : found;
        }

        return found;
    }

    /// <summary>True when the expected version stands here and ends where its word ends; of a hash, any other length of it.</summary>
    private static bool StandsAt(string text, int start, string expected)
    {
        var end = start + expected.Length;
        return IsHash(expected)
            ? IsSame(WordAt(text, start), expected)
            : text.AsSpan(start).StartsWith(expected, StringComparison.Ordinal) && WordAt(text, end).Length == 0;
    }

    /// <summary>The word that begins here, without the full stop of a sentence.</summary>
    private static string WordAt(string text, int start)
    {
        var rest = text.AsSpan(start, Math.Min(text.Length - start, 2 * LongestVersion));
        var length = rest.IndexOfAnyExcept(WordCharacters);
        return (length < 0 ? rest : rest[..length]).TrimEnd('.').ToString();
    }
}
