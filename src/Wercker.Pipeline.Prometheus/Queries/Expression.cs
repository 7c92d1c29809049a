using System.Buffers;

namespace Wercker.Pipeline.Prometheus.Queries;

/// <summary>
/// Finds what an expression of PromQL cannot be: parentheses, braces and brackets that do not match, texts that never end, nothing at all. The rest is
/// left to Prometheus, which reads the whole expression and says what is wrong.
/// </summary>
internal static class Expression
{
    private static readonly SearchValues<char> Interesting = SearchValues.Create("(){}[]\"'`#");

    /// <exception cref="ConfigurationException">It is none; the message says where it goes wrong.</exception>
    public static void Check(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ConfigurationException("The Prometheus expression is empty: write what to ask for.");
        }

        var open = new Stack<int>();
        for (var at = 0; at < text.Length; at++)
        {
            var next = text.AsSpan(at).IndexOfAny(Interesting);
            if (next < 0)
            {
                break;
            }

            at += next;
            switch (text[at])
            {
                case '"' or '\'' or '`':
                    at = EndOfText(text, at);
                    break;
                case '#':
                    // The rest of the line is a comment.
                    at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
                    break;
                case '(' or '{' or '[':
                    open.Push(at);
                    break;
                default:
                    Close(text, at, open);
                    break;
            }
        }

        if (open.TryPop(out var opening))
        {
            throw Fault(text, opening, $"'{text[opening]}' is never closed");
        }
    }

    private static void Close(string text, int at, Stack<int> open)
    {
        if (!open.TryPop(out var opening))
        {
            throw Fault(text, at, $"'{text[at]}' closes nothing");
        }

        if ("(){}[]".IndexOf(text[opening], StringComparison.Ordinal) + 1 != "(){}[]".IndexOf(text[at], StringComparison.Ordinal))
        {
            throw Fault(text, at, $"'{text[at]}' is not expected here, before the '{text[opening]}' at character {opening + 1} is closed");
        }
    }

    private static int EndOfText(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == text[start])
            {
                return at;
            }

            // Between backticks a backslash is only a backslash.
            at += text[at] == '\\' && text[start] != '`' ? 1 : 0;
        }

        throw Fault(text, start, $"the text that begins with {text[start]} never ends");
    }

    private static ConfigurationException Fault(string text, int at, string what) =>
        new($"The Prometheus expression {text} is wrong at character {at + 1}: {what}. Correct it.");
}
