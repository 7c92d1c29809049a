namespace Wercker.Pipeline.Configuration;

internal enum JsonTokenKind
{
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Colon,
    Comma,
    String,
    Number,
    True,
    False,
    Null,

    /// <summary>A bare word, which JSON does not know: an unquoted key or string.</summary>
    Word,

    /// <summary>Any other character.</summary>
    Stray,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>A piece of a JSON text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">The decoded string, or the text as written.</param>
internal readonly record struct JsonToken(JsonTokenKind Kind, int Start, int End, string Text);
