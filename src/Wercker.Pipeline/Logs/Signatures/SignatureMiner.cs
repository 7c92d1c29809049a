namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Learns the kinds of messages of one window and finds those of another that it does not know.</summary>
/// <remarks>
/// Real logs have messages that come once in a while. How many of one kind a window may show before it counts as new follows from the log itself:
/// kinds that turned up for the first time in the second half of the time before were new then, and nothing was deployed.
/// </remarks>
/// <param name="anyLine">True for all lines, false for those that look like errors.</param>
/// <param name="length">How long the second window is.</param>
internal sealed class SignatureMiner(bool anyLine, TimeSpan length)
{
    private const int SampleCount = 3;
    private const int LongestSample = 2000;

    // A message of the same words in another order or number is the same message.
    private const double SameWords = 0.7;
    private readonly WordTable _words = new();
    private readonly TemplateTree _tree = new();
    private readonly EventJoiner _joiner = new();
    private LineLexer? _lexer;
    private bool _isExamining;
    private int _entriesBefore;

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

    /// <summary>Ends the second window.</summary>
    /// <param name="minimum">How often a message must be there.</param>
    /// <returns>What it has and the first has not; the most frequent first.</returns>
    public IReadOnlyList<Signature> FindNew(int minimum)
    {
        _joiner.Flush(Take);
        var known = _tree.Templates.Where(template => template.CountBefore > 0).ToArray();
        var plain = known.Where(template => !IsException(template)).ToArray();

        // In a log that always has some errors, one more that comes once says nothing.
        var usual = Math.Max(
            plain.Length > 0 ? 1 : 0,
            plain.Where(template => template.FirstBefore > _entriesBefore / 2).Select(template => template.Burst).DefaultIfEmpty(0).Max());
        return
        [
            .. _tree.Templates
                .Where(template => template.CountBefore == 0 && template.Count >= minimum && (IsException(template) || template.Count > usual) && !known.Any(other => IsAlike(template, other)))
                .OrderByDescending(template => template.Count)
                .ThenBy(template => template.First)
                .Select(template => new Signature(
                    TextOf(template), [.. template.Types.Select(type => _words[type])], template.Count, template.First, template.Samples ?? [])),
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
        _entriesBefore += _isExamining ? 0 : 1;
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
