using System.Buffers;

namespace Wercker.Pipeline.Graphite.Render;

/// <summary>
/// Reads an expression as graphite-web's grammar has it (render/grammar.py of version 1.1), and refuses what it would misread.
/// </summary>
/// <remarks>
/// Graphite reads as much as it understands and drops the rest: "sumSeries(shop.load" finds nothing, "shop.load)" finds shop.load, and
/// neither says so. Whether functions get the right arguments is left to Graphite, for it says so itself; whether they exist is looked up
/// only for settings, before there is anybody to ask.
/// </remarks>
internal ref struct RenderExpression
{
    // Graphite's own parser gives up at about this depth.
    private const int DeepestNesting = 100;
    private static readonly SearchValues<char> Symbols = SearchValues.Create("(){},.'\"\\|");
    private readonly string _text;
    private readonly IReadOnlyList<string>? _functions;
    private int _at;
    private int _depth;

    private RenderExpression(string text, IReadOnlyList<string>? functions) => (_text, _functions) = (text, functions);

    private readonly bool AtEnd => _at >= _text.Length;

    private readonly char Current => AtEnd ? '\0' : _text[_at];

    private readonly char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    /// <summary>Checks an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="functions">Functions that the server has besides Graphite's own; null to leave functions to the server.</param>
    /// <exception cref="ConfigurationException">It is none; the message says where it goes wrong.</exception>
    public static void Check(string text, IReadOnlyList<string>? functions = null)
    {
        var parser = new RenderExpression(text, functions);
        parser.ReadPiped();
        parser.SkipSpaces();
        if (!parser.AtEnd)
        {
            throw parser.Current == ')' ? parser.Fault("')' closes nothing") : parser.Fault($"'{parser.Current}' is not expected here, and Graphite would not see what follows");
        }
    }

    private void ReadPiped()
    {
        SkipSpaces();
        if (!ReadCall())
        {
            ReadPath();
        }

        for (SkipSpaces(); Current == '|'; SkipSpaces())
        {
            _at++;
            SkipSpaces();
            var start = _at;
            if (!ReadCall())
            {
                _at = start;
                throw Fault("a function must follow '|'");
            }
        }
    }

    /// <summary>Reads name(argument, argument, name=argument). Leaves everything where it is when there is no name with a parenthesis.</summary>
    private bool ReadCall()
    {
        var start = _at;
        var name = ReadName();
        if (name.Length == 0)
        {
            return false;
        }

        SkipSpaces();
        if (Current != '(')
        {
            _at = start;
            return false;
        }

        if (_functions is not null && !RenderFunctions.Has(name.ToString()) && !_functions.Contains(name.ToString(), StringComparer.Ordinal))
        {
            _at = start;
            throw Fault($"there is no function '{name}'{(RenderFunctions.Nearest(name.ToString()) is { } near ? $"; did you mean '{near}'?" : ", unless the setting \"functions\" of the source names it")}");
        }

        if (++_depth > DeepestNesting)
        {
            throw Fault($"functions are nested more than {DeepestNesting} deep");
        }

        ReadArguments(_at++);
        _depth--;
        return true;
    }

    private void ReadArguments(int opening)
    {
        SkipSpaces();
        if (Current == ')')
        {
            _at++;
            return;
        }

        for (bool first = true, named = false; ; first = false)
        {
            var start = _at;
            if (ReadArgumentName())
            {
                named = true;
            }
            else if (named)
            {
                throw Fault("an argument without a name cannot follow one with a name");
            }

            if (first && named)
            {
                _at = start;
                throw Fault("the first argument must not have a name");
            }

            ReadArgument(opening);
            SkipSpaces();
            switch (Current)
            {
                case ',':
                    _at++;
                    SkipSpaces();
                    break;
                case ')':
                    _at++;
                    return;
                default:
                    throw AtEnd ? Unclosed(opening) : Fault($"'{Current}' is not expected here: ',' or ')' must follow an argument");
            }
        }
    }

    private bool ReadArgumentName()
    {
        var start = _at;
        if (ReadName().Length > 0)
        {
            SkipSpaces();
            if (Current == '=')
            {
                _at++;
                SkipSpaces();
                return true;
            }
        }

        _at = start;
        return false;
    }

    private void ReadArgument(int opening)
    {
        if (Current is '\'' or '"')
        {
            ReadString();
        }
        else if (AtEnd)
        {
            throw Unclosed(opening);
        }
        else
        {
            // Numbers, true, false, none and inf have the shape of a path.
            ReadPiped();
        }
    }

    private void ReadString()
    {
        var (start, quote) = (_at++, _text[_at - 1]);
        for (; !AtEnd && (Current != quote || Next == quote); _at++)
        {
            // A quote within is doubled or has a backslash before it.
            if (Current == '\\' || Current == quote)
            {
                _at++;
            }
        }

        if (AtEnd)
        {
            _at = start;
            throw Fault($"the text that begins with {quote} never ends");
        }

        _at++;
    }

    private void ReadPath()
    {
        ReadElement();
        while (Current == '.')
        {
            _at++;
            ReadElement();
        }
    }

    private void ReadElement()
    {
        var start = _at;
        while (!AtEnd)
        {
            if (Current == '{')
            {
                ReadChoices();
            }
            else if (!ReadPart())
            {
                break;
            }
        }

        if (_at == start)
        {
            throw Fault(start > 0 && _text[start - 1] == '.' ? "a name is missing after '.'" : AtEnd ? "a metric is missing" : $"a metric is missing before '{Current}'");
        }
    }

    private void ReadChoices()
    {
        var opening = _at;
        do
        {
            _at++;
            if (!ReadPart())
            {
                throw AtEnd ? Unclosed(opening) : Fault($"'{Current}' is not expected between '{{' and '}}'");
            }
        }
        while (Current == ',');

        if (Current != '}')
        {
            throw AtEnd ? Unclosed(opening) : Fault($"'{Current}' is not expected between '{{' and '}}'");
        }

        _at++;
    }

    private bool ReadPart()
    {
        var start = _at;
        var bracket = -1;
        for (; !AtEnd && !char.IsWhiteSpace(Current); _at++)
        {
            if (Current == '\\' && _at + 1 < _text.Length)
            {
                _at++;
            }
            else if (Symbols.Contains(Current))
            {
                break;
            }

            bracket = Current switch { '[' => _at, ']' => -1, _ => bracket };
        }

        return bracket < 0 ? _at > start : throw Unclosed(bracket);
    }

    private ReadOnlySpan<char> ReadName()
    {
        var start = _at;
        while (char.IsAsciiLetter(Current) || Current == '_' || (_at > start && char.IsAsciiDigit(Current)))
        {
            _at++;
        }

        return _text.AsSpan(start, _at - start);
    }

    private void SkipSpaces()
    {
        while (char.IsWhiteSpace(Current))
        {
            _at++;
        }
    }

    private ConfigurationException Unclosed(int opening)
    {
        _at = opening;
        return Fault($"'{_text[opening]}' is never closed");
    }

    private readonly ConfigurationException Fault(string what) =>
        new($"The Graphite expression \"{_text}\" is wrong at character {Math.Min(_at, _text.Length) + 1}: {what}. Correct it; Graphite would answer as if there were nothing, or with something else.");
}
