using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>Says in words what is wrong with a JSON text, where the cure belongs, and what the cure is.</summary>
internal sealed class JsonFaults(SourceText source)
{
    private const string QuoteAdvice = "A \" inside a string is written \\\".";

    public ConfigurationException Empty(bool hasComments) =>
        source.Fault(0, hasComments ? "the file holds nothing but comments" : "the file is empty", "Write { } for a configuration without settings, or delete the file.");

    public ConfigurationException AfterTheEnd(JsonToken token) => token.Kind switch
    {
        JsonTokenKind.ObjectEnd or JsonTokenKind.ArrayEnd => source.Fault(
            token.Start, $"one '{source.Text[token.Start]}' too many: everything before it is closed already", "Delete it, or look for one that closes too early."),
        JsonTokenKind.Comma => source.Fault(
            token.Start, "a ',' after the end of the configuration", "Delete it, or look for a '}' that closes too early."),
        _ => source.Fault(token.Start, "text after the end of the configuration", "Delete it, or look for a '}' that closes too early."),
    };

    public ConfigurationException Truncated(Stack<JsonToken> open, int previousEnd)
    {
        if (!open.TryPeek(out var start))
        {
            return Empty(false);
        }

        var (opening, closing) = Brackets(start);
        return source.Fault(
            previousEnd,
            $"the file ends before the '{opening}' of line {source.LineOf(start.Start)} is closed",
            $"Add the missing '{closing}', or the rest of the file.");
    }

    public ConfigurationException NoValue(JsonToken token, string? key, int previousEnd, Stack<JsonToken> open)
    {
        if (token.Kind is JsonTokenKind.ObjectEnd or JsonTokenKind.ArrayEnd or JsonTokenKind.Comma or JsonTokenKind.Colon)
        {
            return key is not null
                ? source.Fault(previousEnd, $"missing value after {DisplayText.Quote(key)}:", "Write the value, or delete the key.")
                : token.Kind == JsonTokenKind.Comma
                    ? TooManyCommas(token)
                    : token.Kind == JsonTokenKind.Colon ? StrayToken(token) : Mismatch(token, open);
        }

        return source.Text[token.Start] switch
        {
            '\'' or '`' => OtherQuotes(token),
            '#' => Comment(token),
            _ when IsTypographicQuote(token) => OtherQuotes(token),
            _ when token.Kind == JsonTokenKind.Word => Word(token),
            _ => StrayToken(token),
        };
    }

    public ConfigurationException NoKey(JsonToken token, int previousEnd, Stack<JsonToken> open)
    {
        const string KeyAdvice = "An object { } holds \"key\": value pairs.";
        switch (token.Kind)
        {
            case JsonTokenKind.Word or JsonTokenKind.Number or JsonTokenKind.True or JsonTokenKind.False or JsonTokenKind.Null:
                return source.Fault(token.Start, $"keys must be quoted: {DisplayText.Clean(token.Text)}", $"Write {DisplayText.Quote(token.Text)}.");
            case JsonTokenKind.Comma:
                return TooManyCommas(token);
            case JsonTokenKind.Colon:
                return source.Fault(token.Start, "missing key before ':'", KeyAdvice);
            case JsonTokenKind.ArrayEnd:
                return Mismatch(token, open);
            case JsonTokenKind.ObjectStart or JsonTokenKind.ArrayStart:
                return source.Fault(token.Start, $"a '{source.Text[token.Start]}' where a \"key\": value pair belongs", $"{KeyAdvice} A list is written with [ ].");
            default:
                return NoValue(token, null, previousEnd, open);
        }
    }

    public ConfigurationException NoColon(JsonToken token, JsonToken key, Stack<JsonToken> open)
    {
        var name = DisplayText.Quote(key.Text);
        switch (token.Kind)
        {
            case JsonTokenKind.Comma or JsonTokenKind.ObjectEnd:
                return source.Fault(
                    key.Start, $"a bare string where a \"key\": value pair belongs: {name}", "Give it a key, or write a list with [ ] instead of { }.");
            case JsonTokenKind.End:
                return Truncated(open, key.End);
            default:
                if (source.Text[token.Start] == '=')
                {
                    return source.Fault(token.Start, $"'=' after the key {name}", "Write ':' between a key and its value.");
                }

                return IsGluedTo(key.End, token)
                    ? QuoteInside(key.End)
                    : source.Fault(key.End, $"missing ':' after the key {name}", "Write ':' between a key and its value.");
        }
    }

    public ConfigurationException NoCommaInArray(JsonToken token, ConfigNode item, int count, int previousEnd, Stack<JsonToken> open)
    {
        var what = item.Kind == ConfigNodeKind.String ? DisplayText.Quote(item.Text)
            : item.Kind is ConfigNodeKind.Object or ConfigNodeKind.Array ? $"element {count} of the list"
            : DisplayText.Clean(item.Text);
        return token.Kind == JsonTokenKind.Colon
            ? source.Fault(item.Offset, $"a \"key\": value pair in a list: {what}", "A list [ ] holds values only; write { } around pairs, or delete the key.")
            : NoComma(token, item, what, previousEnd, open);
    }

    public ConfigurationException NoCommaInObject(JsonToken token, ConfigMember member, int previousEnd, Stack<JsonToken> open)
    {
        var name = DisplayText.Quote(member.Key);
        return token.Kind == JsonTokenKind.Colon
            ? source.Fault(token.Start, $"a second ':' after the key {name}", "Put { } around \"key\": value pairs that belong to a key, or a ',' before the next key.")
            : NoComma(token, member.Value, $"the value of {name}", previousEnd, open);
    }

    private ConfigurationException NoComma(JsonToken token, ConfigNode before, string what, int previousEnd, Stack<JsonToken> open)
    {
        switch (token.Kind)
        {
            case JsonTokenKind.End:
                return Truncated(open, previousEnd);
            case JsonTokenKind.ObjectEnd or JsonTokenKind.ArrayEnd:
                return Mismatch(token, open);
        }

        if (source.Text[token.Start] == ';')
        {
            return source.Fault(token.Start, $"';' after {what}", "Write ',' between elements.");
        }

        if (source.Text[token.Start] == '#')
        {
            return Comment(token);
        }

        return before.Kind == ConfigNodeKind.String && IsGluedTo(previousEnd, token)
            ? QuoteInside(previousEnd)
            : source.Fault(previousEnd, $"missing ',' after {what}", "Every element but the last is followed by a ','.");
    }

    /// <summary>A word right behind a closing quote is the rest of a string with a quote in it.</summary>
    private static bool IsGluedTo(int end, JsonToken token) =>
        token.Start == end && token.Kind is not (JsonTokenKind.ObjectStart or JsonTokenKind.ArrayStart);

    private ConfigurationException QuoteInside(int end) =>
        source.Fault(end - 1, "a quote ends the string here, and text follows at once", $"{QuoteAdvice} If the string is to end here, write a ',' after it.");

    private ConfigurationException Mismatch(JsonToken token, Stack<JsonToken> open)
    {
        if (!open.TryPeek(out var start))
        {
            return AfterTheEnd(token);
        }

        var (opening, closing) = Brackets(start);
        return source.Fault(
            token.Start,
            $"'{source.Text[token.Start]}' does not close the '{opening}' of line {source.LineOf(start.Start)}",
            $"A '{closing}' is missing before it, or one of the two is the wrong bracket.");
    }

    private ConfigurationException TooManyCommas(JsonToken token) =>
        source.Fault(token.Start, "a ',' without an element before it", "Delete it.");

    private ConfigurationException Comment(JsonToken token) =>
        source.Fault(token.Start, "'#' does not begin a comment here", "Comments begin with //, or stand between /* and */.");

    private ConfigurationException OtherQuotes(JsonToken token) => source.Fault(
        token.Start, $"strings use double quotes, not {token.Text}", $"Write \" at both ends. {QuoteAdvice}");

    private ConfigurationException Word(JsonToken token)
    {
        if (token.Text is [>= '0' and <= '9', ..] or ['-' or '+' or '.', >= '0' and <= '9', ..])
        {
            return source.Fault(
                token.Start, $"not a number as JSON writes it: {DisplayText.Clean(token.Text)}", "Write 5, -5 or 0.5, or put a text in double quotes.");
        }

        var literal = token.Text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" => "true",
            "FALSE" or "NO" or "OFF" => "false",
            "NULL" or "NONE" or "NIL" or "UNDEFINED" => "null",
            _ => null,
        };
        return literal is null
            ? source.Fault(token.Start, $"strings must be in double quotes: {DisplayText.Clean(token.Text)}", $"Write {DisplayText.Quote(token.Text)}.")
            : source.Fault(token.Start, $"JSON does not know {token.Text}", $"Write {literal}, or {DisplayText.Quote(token.Text)} for a string.");
    }

    private ConfigurationException StrayToken(JsonToken token)
    {
        _ = Rune.DecodeFromUtf16(source.Text.AsSpan(token.Start), out var rune, out _);
        return source.Fault(token.Start, $"unexpected {DisplayText.Character(rune)}", "Delete it; a text must be in double quotes.");
    }

    private static bool IsTypographicQuote(JsonToken token) => token.Text is "\u201C" or "\u201D" or "\u201E" or "\u2018" or "\u2019" or "\u00AB" or "\u00BB";

    private (char Opening, char Closing) Brackets(JsonToken start) =>
        source.Text[start.Start] == '{' ? ('{', '}') : ('[', ']');
}
