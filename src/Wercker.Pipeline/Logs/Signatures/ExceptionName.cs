namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Finds the types of exceptions: NullPointerException, System.IO.IOException, ValueError.</summary>
internal static class ExceptionName
{
    private static readonly string[] Endings = ["Exception", "Error", "Fault", "Panic", "Failure"];

    /// <summary>The type's name without its namespace; empty when the word is no type.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> word)
    {
        var name = word[(word.LastIndexOfAny('.', '$', '+') + 1)..];
        if (name.Length < 6 || !char.IsAsciiLetterUpper(name[0]))
        {
            return [];
        }

        foreach (var ending in Endings)
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return [];
    }

    /// <summary>The type that a line of a stack trace begins with: "Caused by: a.b.C: message", "ValueError: message"; empty for a frame.</summary>
    public static ReadOnlySpan<char> AtStartOf(ReadOnlySpan<char> line)
    {
        var rest = line.Trim();
        foreach (var lead in (ReadOnlySpan<string>)["Caused by:", "---> ", "Suppressed:", "Unhandled exception.", "Uncaught", "Exception in thread"])
        {
            if (rest.StartsWith(lead, StringComparison.Ordinal))
            {
                rest = rest[lead.Length..].TrimStart();
                if (lead[^1] == 'd' && lead[0] == 'E' && rest.StartsWith("\"") && rest[1..].IndexOf('"') is >= 0 and var quote)
                {
                    rest = rest[(quote + 2)..].TrimStart();
                }

                break;
            }
        }

        var end = rest.IndexOfAny(": \t(");
        return Of(end < 0 ? rest : rest[..end]);
    }
}
