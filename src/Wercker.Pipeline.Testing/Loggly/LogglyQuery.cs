using System.Buffers;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>The part of Loggly's query language that the double knows.</summary>
/// <remarks>or := and (OR and)*; and := not ((AND)? not)*; not := (NOT | -) not | ( or ) | (field:)? (word | "phrase")</remarks>
internal sealed class LogglyQuery
{
    private static readonly Regex Token = new(@"\G\s*(?:(?<phrase>(?<field>[\w.]+:)?""(?<text>[^""]*)"")|(?<sign>[()])|(?<minus>-(?=[\w""(*]))|(?<word>[^\s()""]+))", RegexOptions.CultureInvariant);
    private static readonly SearchValues<char> Unknown = SearchValues.Create("[]{}~^/\\<>");
    private readonly List<(string Kind, string? Field, string Text)> _tokens = [];
    private readonly Func<LogglyEvent, bool> _matches;
    private int _at;

    private LogglyQuery(string text)
    {
        var place = 0;
        while (place < text.TrimEnd().Length)
        {
            var match = Token.Match(text, place);
            if (!match.Success)
            {
                throw new FormatException($"the query cannot be read at '{text[place..]}'");
            }

            place = match.Index + match.Length;
            _tokens.Add(Read(match));
        }

        _matches = _tokens.Count == 0 ? throw new FormatException("the query is empty") : Or();
        if (_at < _tokens.Count)
        {
            throw new FormatException($"the query has '{_tokens[_at].Text}' where nothing more is expected");
        }
    }

    /// <exception cref="FormatException">The query is wrong, or more than the double knows.</exception>
    public static LogglyQuery Parse(string text) => new(text);

    public bool Matches(LogglyEvent one) => _matches(one);

    private static (string Kind, string? Field, string Text) Read(Match match)
    {
        if (match.Groups["phrase"].Success)
        {
            return ("phrase", match.Groups["field"].Success ? match.Groups["field"].Value.TrimEnd(':') : null, match.Groups["text"].Value);
        }

        if (match.Groups["sign"].Success)
        {
            return (match.Groups["sign"].Value, null, match.Groups["sign"].Value);
        }

        if (match.Groups["minus"].Success)
        {
            return ("NOT", null, "-");
        }

        var word = match.Groups["word"].Value;
        if (word is "AND" or "OR" or "NOT")
        {
            return (word, null, word);
        }

        if (word.AsSpan().ContainsAny(Unknown))
        {
            throw new FormatException($"'{word}' is more than this double of Loggly knows");
        }

        var colon = word.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("word", null, word)
            : colon > 0 && colon < word.Length - 1 ? ("word", word[..colon], word[(colon + 1)..])
            : throw new FormatException($"'{word}' names a field without a value");
    }

    private Func<LogglyEvent, bool> Or()
    {
        var left = And();
        while (Take("OR"))
        {
            var (before, right) = (left, And());
            left = one => before(one) || right(one);
        }

        return left;
    }

    private Func<LogglyEvent, bool> And()
    {
        var left = Not();
        while (Take("AND") || (_at < _tokens.Count && _tokens[_at].Kind is not ("OR" or ")")))
        {
            var (before, right) = (left, Not());
            left = one => before(one) && right(one);
        }

        return left;
    }

    private Func<LogglyEvent, bool> Not()
    {
        if (Take("NOT"))
        {
            var inner = Not();
            return one => !inner(one);
        }

        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw new FormatException("a parenthesis is not closed");
        }

        if (_at >= _tokens.Count || _tokens[_at].Kind is not ("word" or "phrase"))
        {
            throw new FormatException("a word is missing");
        }

        var (_, field, text) = _tokens[_at++];
        var pattern = PatternOf(text, isWhole: field is not null);
        return field is null ? one => pattern.IsMatch(one.Raw) : one => one.Field(field).Any(pattern.IsMatch);
    }

    private bool Take(string kind)
    {
        var isNext = _at < _tokens.Count && _tokens[_at].Kind == kind;
        _at += isNext ? 1 : 0;
        return isNext;
    }

    /// <summary>Words of a text are found whole, values of a field as they are; in any case both.</summary>
    private static Regex PatternOf(string text, bool isWhole)
    {
        var body = Regex.Escape(text).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal);
        return new Regex(isWhole ? $"^(?:{body})$" : $@"(?<!\w)(?:{body})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }
}
