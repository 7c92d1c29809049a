namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Learns the kinds of messages of one window and finds those of another that it does not know.</summary>
/// <remarks>
/// Real logs have messages that come once in a while. Whether one more says anything follows from the log itself: kinds that turned up for the first
/// time in the second half of the time before were new then, and nothing was deployed. How often that happens is what Good and Turing estimate from
/// the kinds that came once ("The Population Frequencies of Species", Biometrika 40, 1953); it is counted here, window by window.
/// </remarks>
/// <param name="anyLine">True for all lines, false for those that look like errors.</param>
/// <param name="length">How long the second window is.</param>
internal sealed class SignatureMiner(bool anyLine, TimeSpan length)
{
    private const int SampleCount = 3;
    private const int LongestSample = 2000;

    // With fewer windows of before, more than one clean window in a hundred has something new. Measured with public logs: docs/log-tests.md.
    private const int WindowsForException = 10;
    private const int WindowsForMessage = 60;

    // So many new kinds a window, and one more says something.
    private const double MostNewKinds = 0.03;

    // A message of the same words in another order or number is the same message.
    private const double SameWords = 0.7;
    private readonly WordTable _words = new();
    private readonly TemplateTree _tree = new();
    private readonly EventJoiner _joiner = new();
    private LineLexer? _lexer;
    private bool _isExamining;
    private int _entriesBefore;
    private int _entries;
    private DateTimeOffset _firstBefore;
    private DateTimeOffset _lastBefore;

    /// <summary>How many kinds of messages the second window has.</summary>
    public int WindowKinds => _tree.Templates.Count(template => template.Count > 0);

    /// <summary>Takes an entry of the first window.</summary>
    public void Learn(LogEntry entry) => _joiner.Add(entry, Take);

    /// <summary>Ends the first window and begins the second.</summary>
    public void Turn()
    {
        _joiner.Flush(Take);
        _isExamining = true;
    }

    /// <summary>Takes an entry of the second window.</summary>
    public void Examine(LogEntry entry) => _joiner.Add(entry, Take);

    /// <summary>How many windows of before were seen: by the time of their lines or by their number, for a log may be silent, or not know its times.</summary>
    public double WindowsBefore => Math.Max((_lastBefore - _firstBefore) / length, _entriesBefore / (double)Math.Max(_entries, 1));

    /// <summary>Ends the second window.</summary>
    /// <param name="minimum">How often a message must be there.</param>
    /// <param name="windows">How many windows of before are known; null for as many as were seen.</param>
    /// <returns>What it has, the first has not, and the log does not do by itself; the most frequent first.</returns>
    public IReadOnlyList<Signature> FindNew(int minimum, double? windows = null)
    {
        _joiner.Flush(Take);
        var known = _tree.Templates.Where(template => template.CountBefore > 0).ToArray();

        // What was new in the second half of the time before was new by itself.
        var late = known.Where(template => !IsException(template) && template.FirstBefore > _entriesBefore / 2).Select(template => template.Burst).ToArray();
        var isNoisy = late.Length > MostNewKinds * (windows ?? WindowsBefore) / 2;
        var usual = isNoisy ? (2 * late.Max()) + 1 : 0;
        return
        [
            .. _tree.Templates
                .Where(template => template.CountBefore == 0 && template.Count >= minimum && (IsException(template) || template.Count > usual) && !known.Any(other => IsAlike(template, other)))
                .OrderByDescending(template => template.Count)
                .ThenBy(template => template.First)
                .Select(template => new Signature(
                    TextOf(template), [.. template.Types.Select(type => _words[type])], template.Count, template.First, template.Samples ?? [], IsException(template) ? WindowsForException : WindowsForMessage)),
        ];
    }

    /// <summary>An exception speaks for itself, even when it comes once.</summary>
    private static bool IsException(Template template) => template.Types.Length > 0;

    private void Take(LogEntry first, IReadOnlyList<LogEntry> more)
    {
        var message = first.Message.AsSpan();
        var end = message.IndexOf('\n');
        var line = end < 0 ? message : message[..end];
        var level = ErrorLine.LevelOf(line);
        var isPlain = end < 0 && more.Count == 0;
        Note(first.At);
        if (!anyLine && isPlain && level is LineLevel.None)
        {
            return;
        }

        var lexer = _lexer ??= new LineLexer(_words);
        lexer.Read(line, level != LineLevel.Harmless);
        if (end >= 0)
        {
            foreach (var range in message[(end + 1)..].Split('\n'))
            {
                lexer.ReadMore(message[(end + 1)..][range]);
            }
        }

        foreach (var entry in more)
        {
            lexer.ReadMore(entry.Message);
        }

        if (!anyLine && level < LineLevel.Suspicious && lexer.Types.IsEmpty)
        {
            return;
        }

        Count(_tree.Find(lexer.Tokens, lexer.Types), first, more);
    }

    private void Note(DateTimeOffset at)
    {
        if (_isExamining)
        {
            _entries++;
            return;
        }

        _firstBefore = _entriesBefore++ == 0 ? at : _firstBefore;
        _lastBefore = at > _lastBefore ? at : _lastBefore;
    }

    private void Count(Template template, LogEntry first, IReadOnlyList<LogEntry> more)
    {
        if (!_isExamining)
        {
            LearnFrom(template, first.At);
            return;
        }

        template.First = template.Count++ == 0 ? first.At : template.First;
        if (template.CountBefore == 0 && template.Count <= SampleCount)
        {
            var text = more.Count == 0 ? first.Message : string.Join('\n', more.Select(entry => entry.Message).Prepend(first.Message));
            (template.Samples ??= []).Add(text.Length > LongestSample ? text[..LongestSample] : text);
        }
    }

    private void LearnFrom(Template template, DateTimeOffset at)
    {
        if (template.CountBefore++ == 0)
        {
            (template.First, template.FirstBefore) = (at, _entriesBefore);
        }

        template.Burst += at - template.First < length ? 1 : 0;
    }

    private static bool IsAlike(Template one, Template other)
    {
        if (!one.Types.AsSpan().SequenceEqual(other.Types))
        {
            return false;
        }

        var words = one.Tokens.Where(token => token != WordTable.Any).ToHashSet();
        var others = other.Tokens.Where(token => token != WordTable.Any).ToHashSet();
        var common = words.Count(others.Contains);
        return common >= SameWords * (words.Count + others.Count - common);
    }

    private string TextOf(Template template) => string.Join(' ', template.Tokens.Select(token => _words[token]));
}
