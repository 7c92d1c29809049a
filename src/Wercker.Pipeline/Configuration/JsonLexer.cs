using System.Text;

namespace Wercker.Pipeline.Configuration;

/// <summary>Cuts a JSON text into tokens and skips comments. What JSON does not know becomes a word or a stray character, for the parser to explain.</summary>
internal sealed class JsonLexer(SourceText source)
{
    private readonly string _text = source.Text;
    private int _position;

    /// <summary>Where comments begin.</summary>
    public List<int> Comments { get; } = [];

    public JsonToken Next()
    {
        SkipBlanks();
        var start = _position;
        if (start == _text.Length)
        {
            return new JsonToken(JsonTokenKind.End, start, start, string.Empty);
        }

        var c = _text[start];
        switch (c)
        {
            case '{': return Single(JsonTokenKind.ObjectStart);
            case '}': return Single(JsonTokenKind.ObjectEnd);
            case '[': return Single(JsonTokenKind.ArrayStart);
            case ']': return Single(JsonTokenKind.ArrayEnd);
            case ':': return Single(JsonTokenKind.Colon);
            case ',': return Single(JsonTokenKind.Comma);
            case '"':
                var text = JsonStringScanner.Scan(source, ref _position);
                return new JsonToken(JsonTokenKind.String, start, _position, text);
            default:
                return IsWord(c) || c is '+' or '-' or '.' ? Word() : Stray();
        }
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length)
        {
            if (_text[_position] is ' ' or '\t' or '\n' or '\r')
            {
                _position++;
            }
            else if (_text.AsSpan(_position).StartsWith("//"))
            {
                Comments.Add(_position);
                var end = _text.AsSpan(_position).IndexOfAny('\r', '\n');
                _position = end < 0 ? _text.Length : _position + end;
            }
            else if (_text.AsSpan(_position).StartsWith("/*"))
            {
                Comments.Add(_position);
                var end = _text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw source.Fault(_position, "the comment that begins here does not end", "Close it with */.");
                }

                _position = end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private JsonToken Single(JsonTokenKind kind) => new(kind, _position, ++_position, string.Empty);

    private JsonToken Word()
    {
        var start = _position;
        while (_position < _text.Length && (IsWord(_text[_position]) || _text[_position] is '+' or '-' or '.' || IsPathSlash()))
        {
            _position++;
        }

        var text = _text[start.._position];
        var kind = text switch
        {
            "true" => JsonTokenKind.True,
            "false" => JsonTokenKind.False,
            "null" => JsonTokenKind.Null,
            _ => IsNumber(text) ? JsonTokenKind.Number : JsonTokenKind.Word,
        };
        return new JsonToken(kind, start, _position, text);
    }

    private JsonToken Stray()
    {
        var start = _position;
        _ = Rune.DecodeFromUtf16(_text.AsSpan(start), out _, out var length);
        _position += length;
        return new JsonToken(JsonTokenKind.Stray, start, _position, _text[start.._position]);
    }

    /// <summary>A slash inside a bare ./deploy.sh, and not the beginning of a comment.</summary>
    private bool IsPathSlash() => _text[_position] == '/' && !(_position + 1 < _text.Length && _text[_position + 1] is '/' or '*');

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    /// <summary>-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?, by hand: a regular expression would cost more than the rest of the lexer.</summary>
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text.StartsWith('-'))
        {
            text = text[1..];
        }

        var whole = Digits(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
        {
            return false;
        }

        text = text[whole..];
        if (text.StartsWith('.'))
        {
            var fraction = Digits(text[1..]);
            if (fraction == 0)
            {
                return false;
            }

            text = text[(1 + fraction)..];
        }

        if (text.Length > 0 && text[0] is 'e' or 'E')
        {
            text = text.Length > 1 && text[1] is '+' or '-' ? text[2..] : text[1..];
            return text.Length > 0 && Digits(text) == text.Length;
        }

        return text.Length == 0;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
