namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Gives words numbers, so that lines are compared as numbers and no line leaves strings behind.</summary>
internal sealed class WordTable
{
    /// <summary>Stands for what varies.</summary>
    public const int Any = 0;

    // A log with more words than this has something in it that is no language; it varies.
    private const int MostWords = 200_000;
    private readonly List<string> _words = ["<*>"];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbers = new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public string this[int word] => _words[word];

    /// <summary>The word's number.</summary>
    public int NumberOf(ReadOnlySpan<char> word)
    {
        if (_numbers.TryGetValue(word, out var number))
        {
            return number;
        }

        if (_words.Count >= MostWords)
        {
            return Any;
        }

        _words.Add(word.ToString());
        _numbers[word] = _words.Count - 1;
        return _words.Count - 1;
    }
}
