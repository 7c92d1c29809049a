namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>The patterns of a .werckerignore file. Its syntax is that of .gitignore, to the letter.</summary>
internal sealed class IgnoreRules
{
    private readonly List<Rule> _rules;

    private IgnoreRules(List<Rule> rules) => _rules = rules;

    /// <summary>Rules that ignore nothing.</summary>
    public static IgnoreRules None { get; } = new([]);

    /// <summary>Reads the patterns.</summary>
    /// <param name="file">The file's bytes.</param>
    public static IgnoreRules Parse(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("\uFEFF"u8))
        {
            file = file[3..];
        }

        var rules = new List<Rule>();
        foreach (var range in file.Split((byte)'\n'))
        {
            var line = file[range];
            if (line.EndsWith("\r"u8) && range.End.GetOffset(file.Length) < file.Length)
            {
                line = line[..^1];
            }

            if (!line.IsEmpty && line[0] != '#' && Rule.Parse(TrimEnd(line)) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return new IgnoreRules(rules);
    }

    /// <summary>Tells whether a path, or a directory above it, is ignored. What lies in an ignored directory cannot be called back.</summary>
    /// <param name="path">The path below the file's directory, with '/'.</param>
    /// <param name="isDirectory">True when it is a directory; a link is none.</param>
    public bool IsIgnored(ReadOnlySpan<byte> path, bool isDirectory)
    {
        for (var slash = path.IndexOf((byte)'/'); slash >= 0;)
        {
            if (MatchesEntry(path[..slash], true))
            {
                return true;
            }

            var next = path[(slash + 1)..].IndexOf((byte)'/');
            slash = next < 0 ? -1 : slash + 1 + next;
        }

        return MatchesEntry(path, isDirectory);
    }

    /// <summary>The same for an entry of a directory that is known not to be ignored: the last pattern that fits decides.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isDirectory">True when it is a directory.</param>
    public bool MatchesEntry(ReadOnlySpan<byte> path, bool isDirectory)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (_rules[i].Matches(path, isDirectory))
            {
                return !_rules[i].IsNegated;
            }
        }

        return false;
    }

    /// <summary>Spaces at the end do not count, unless a backslash says so.</summary>
    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> line)
    {
        var kept = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length)
            {
                i++;
                kept = i + 1;
            }
            else if (line[i] != ' ')
            {
                kept = i + 1;
            }
        }

        return line[..kept];
    }

    private sealed record Rule(byte[] Pattern, bool IsNegated, bool OnlyDirectories, bool AnyDepth)
    {
        public static Rule? Parse(ReadOnlySpan<byte> line)
        {
            var isNegated = line.StartsWith("!"u8);
            line = isNegated ? line[1..] : line;
            var onlyDirectories = line.EndsWith("/"u8);
            line = onlyDirectories ? line[..^1] : line;
            var anyDepth = line.IndexOf((byte)'/') < 0;
            line = line.StartsWith("/"u8) ? line[1..] : line;
            return line.IsEmpty ? null : new Rule(line.ToArray(), isNegated, onlyDirectories, anyDepth);
        }

        public bool Matches(ReadOnlySpan<byte> path, bool isDirectory)
        {
            if (OnlyDirectories && !isDirectory)
            {
                return false;
            }

            return Glob.IsMatch(Pattern, AnyDepth ? path[(path.LastIndexOf((byte)'/') + 1)..] : path);
        }
    }
}
