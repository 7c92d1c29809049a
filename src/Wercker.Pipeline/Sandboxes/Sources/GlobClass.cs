using System.Text;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>A bracket expression: [abc], [!a-z], [[:digit:]_].</summary>
internal static class GlobClass
{
    /// <summary>Tells whether a byte is in the class.</summary>
    /// <param name="body">What stands between the brackets.</param>
    /// <param name="value">The byte.</param>
    public static bool Contains(ReadOnlySpan<byte> body, byte value)
    {
        var isNegated = !body.IsEmpty && body[0] is (byte)'!' or (byte)'^';
        var index = isNegated ? 1 : 0;
        var found = false;
        var previous = -1;
        while (index < body.Length)
        {
            var symbol = body[index];
            if (symbol == '[' && index + 1 < body.Length && body[index + 1] == ':' && body[(index + 2)..].IndexOf(":]"u8) is var length and >= 0)
            {
                // An unknown name makes the whole pattern match nothing, in git as here.
                if (IsInNamed(body.Slice(index + 2, length), value) is not { } isIn)
                {
                    return false;
                }

                found |= isIn;
                index += length + 4;
                previous = -1;
                continue;
            }

            if (symbol == '-' && previous >= 0 && index + 1 < body.Length)
            {
                index++;
                var upper = body[index] == '\\' && index + 1 < body.Length ? body[++index] : body[index];
                found |= value >= previous && value <= upper;
                previous = -1;
                index++;
                continue;
            }

            if (symbol == '\\' && index + 1 < body.Length)
            {
                symbol = body[++index];
            }

            found |= symbol == value;
            previous = symbol;
            index++;
        }

        return found != isNegated;
    }

    private static bool? IsInNamed(ReadOnlySpan<byte> name, byte value)
    {
        var character = (char)value;
        return Encoding.ASCII.GetString(name) switch
        {
            "alnum" => char.IsAsciiLetterOrDigit(character),
            "alpha" => char.IsAsciiLetter(character),
            "blank" => character is ' ' or '\t',
            "cntrl" => value is < 32 or 127,
            "digit" => char.IsAsciiDigit(character),
            "graph" => value is > 32 and < 127,
            "lower" => char.IsAsciiLetterLower(character),
            "print" => value is >= 32 and < 127,
            "punct" => value is > 32 and < 127 && !char.IsAsciiLetterOrDigit(character),
            "space" => character is ' ' or (>= '\t' and <= '\r'),
            "upper" => char.IsAsciiLetterUpper(character),
            "xdigit" => char.IsAsciiHexDigit(character),
            _ => null,
        };
    }
}
