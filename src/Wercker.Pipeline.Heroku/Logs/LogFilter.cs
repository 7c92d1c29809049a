using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>A query: the words source:NAME and dyno:NAME in front, and a regular expression behind them.</summary>
internal sealed class LogFilter
{
    private readonly string? _source;
    private readonly string? _dyno;
    private readonly Regex? _pattern;

    private LogFilter(string? source, string? dyno, Regex? pattern)
    {
        _source = source;
        _dyno = dyno;
        _pattern = pattern;
    }

    /// <exception cref="ConfigurationException">The regular expression is none.</exception>
    public static LogFilter Parse(string query)
    {
        string? source = null;
        string? dyno = null;
        var rest = query.Trim();
        while (Take(ref rest, "source:", ref source) || Take(ref rest, "dyno:", ref dyno))
        {
        }

        try
        {
            return new LogFilter(source, dyno, rest.Length == 0 ? null : new Regex(rest, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"The query '{query}' of the Heroku log holds no regular expression that can be used: {e.Message}", e);
        }
    }

    public bool Matches(LogLine line) =>
        (_source is null || line.Source == _source)
        && (_dyno is null || line.Process == _dyno || line.Process.StartsWith(_dyno + ".", StringComparison.Ordinal))
        && (_pattern is null || _pattern.IsMatch(line.Message));

    private static bool Take(ref string rest, string word, ref string? value)
    {
        if (!rest.StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        var end = rest.IndexOf(' ', StringComparison.Ordinal);
        value = end < 0 ? rest[word.Length..] : rest[word.Length..end];
        rest = end < 0 ? string.Empty : rest[end..].TrimStart();
        return true;
    }
}
