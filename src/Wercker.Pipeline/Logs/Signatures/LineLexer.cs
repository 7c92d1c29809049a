using System.Buffers;

namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Cuts a line into words and masks what varies: numbers, ids, hexadecimals, UUIDs, times, addresses, paths, quoted texts, values.</summary>
/// <param name="words">The numbers of words.</param>
internal sealed class LineLexer(WordTable words)
{
    /// <summary>What is behind so many words is detail.</summary>
    public const int MostTokens = 48;

    private const int MostTypes = 8;
    private const int LongestLine = 4000;
    private const int LongestWord = 40;

    // A program in Go, or a kernel, ends with it: it has no types, and is no less than an exception that nobody caught.
    private const string Panic = "panic: ";
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n[](){}<>\"'`,;=|:");
    private static readonly SearchValues<char> Variable = SearchValues.Create("0123456789/\\@#%");
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF-");
    private static readonly SearchValues<string> TypeEndings = SearchValues.Create(["Exception", "Error", "Fault", "Panic", "Failure"], StringComparison.Ordinal);
    private readonly int[] _tokens = new int[MostTokens];
    private readonly int[] _types = new int[MostTypes];
    private int _count;
    private int _typeCount;
    private bool _mayHaveTypes;
    private bool _withTypes;

    /// <summary>The words of the line; several masks in a row are one.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>The types of exceptions, each once, in the order of their numbers.</summary>
    public ReadOnlySpan<int> Types => _types.AsSpan(0, _typeCount);

    /// <summary>Reads the line that an entry begins with.</summary>
    /// <param name="line">The line.</param>
    /// <param name="withTypes">False for a line whose exceptions are only mentioned: it says itself that all is well.</param>
    public void Read(ReadOnlySpan<char> line, bool withTypes = true)
    {
        (_count, _typeCount, _withTypes) = (0, 0, withTypes);
        line = line.Length > LongestLine ? line[..LongestLine] : line;
        _mayHaveTypes = line.ContainsAny(TypeEndings);
        if (withTypes && line.IndexOf(Panic) is var panic and >= 0 && (panic == 0 || line[panic - 1] == ' '))
        {
            AddType(Panic.AsSpan(0, Panic.Length - 2));
        }

        var isJson = line.TrimStart() is ['{', ..];
        var i = 0;
        while (i < line.Length && _count < MostTokens)
        {
            var next = line[i];
            if (!isJson && next is '"' or '\'' or '`' && FindQuoted(line, i) is > 0 and var behind)
            {
                Add(WordTable.Any);
                i = behind;
                continue;
            }

            if (Separators.Contains(next))
            {
                i++;
                continue;
            }

            var length = line[i..].IndexOfAny(Separators);
            length = length < 0 ? line.Length - i : length;
            var isValue = i > 0 && line[i - 1] == '=' && !isJson;
            AddWord(line.Slice(i, length), isValue && !NamesKind(line[..(i - 1)]));
            i += length;
        }
    }

    /// <summary>Reads the types of exceptions in a further line of the same entry. The rest of it, frames and messages, changes with every version.</summary>
    public void ReadMore(ReadOnlySpan<char> line) => AddType(ExceptionName.AtStartOf(line));

    private void AddWord(ReadOnlySpan<char> raw, bool isValue)
    {
        var word = raw.Trim(".-*!?&~_+^");
        if (word.IsEmpty)
        {
            return;
        }

        if (_mayHaveTypes && ExceptionName.Of(word) is { IsEmpty: false } type)
        {
            if (_withTypes)
            {
                AddType(type);
            }

            Add(words.NumberOf(type));
            return;
        }

        if (IsCode(word) && _count > 0 && words[_tokens[_count - 1]] is "code" or "Error" or "error")
        {
            AddType(word);
            Add(words.NumberOf(word));
            return;
        }

        Add(isValue || word.ContainsAny(Variable) || word.Length > LongestWord || IsHexadecimal(word) ? WordTable.Any : words.NumberOf(word));
    }

    private void Add(int token)
    {
        if (token != WordTable.Any || _count == 0 || _tokens[_count - 1] != WordTable.Any)
        {
            _tokens[_count++] = token;
        }
    }

    private void AddType(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || _typeCount == MostTypes)
        {
            return;
        }

        var type = words.NumberOf(name);
        var place = _types.AsSpan(0, _typeCount).BinarySearch(type);
        if (place < 0)
        {
            place = ~place;
            _types.AsSpan(place, _typeCount - place).CopyTo(_types.AsSpan(place + 1));
            _types[place] = type;
            _typeCount++;
        }
    }

    /// <summary>The codes of Heroku are names, not numbers: H10, R14, L15.</summary>
    private static bool IsCode(ReadOnlySpan<char> word) => word is ['H' or 'R' or 'L', >= '0' and <= '9', >= '0' and <= '9'];

    private static bool IsHexadecimal(ReadOnlySpan<char> word) => word.Length >= 8 && !word.ContainsAnyExcept(Hexadecimal);

    /// <summary>Values are data, except those that say what kind of line it is.</summary>
    private static bool NamesKind(ReadOnlySpan<char> before)
    {
        var key = before[(before.LastIndexOfAny(Separators) + 1)..];
        return key.Equals("level", StringComparison.OrdinalIgnoreCase) || key.Equals("lvl", StringComparison.OrdinalIgnoreCase) || key.Equals("severity", StringComparison.OrdinalIgnoreCase)
            || key.Equals("code", StringComparison.OrdinalIgnoreCase) || key.Equals("at", StringComparison.OrdinalIgnoreCase) || key.Equals("error", StringComparison.OrdinalIgnoreCase)
            || key.Equals("err", StringComparison.OrdinalIgnoreCase) || key.Equals("msg", StringComparison.OrdinalIgnoreCase) || key.Equals("reason", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The place behind a quoted text; 0 when this is no quote, or there is an exception or the message in it.</summary>
    private int FindQuoted(ReadOnlySpan<char> line, int start)
    {
        if (start > 0 && char.IsAsciiLetterOrDigit(line[start - 1]))
        {
            return 0;
        }

        var length = line[(start + 1)..].IndexOf(line[start]);
        if (length < 0)
        {
            return 0;
        }

        var quoted = line.Slice(start + 1, length);
        var end = start + length + 2;
        return (end < line.Length && char.IsAsciiLetterOrDigit(line[end])) || (_mayHaveTypes && quoted.ContainsAny(TypeEndings)) || (start > 0 && line[start - 1] == '=' && NamesKind(line[..(start - 1)]))
            ? 0
            : end;
    }
}
