using System.Collections.Frozen;

namespace Wercker.Pipeline.Secrets;

/// <summary>How much of a value can be masked without making logs unreadable.</summary>
internal enum Maskability
{
    /// <summary>In every rendering, anywhere.</summary>
    Full,

    /// <summary>Plain only where it stands as a word of its own; encoded anywhere.</summary>
    PlainAsToken,

    /// <summary>Only plain, and only where it stands as a word of its own.</summary>
    TokenOnly,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>Keeps short and everyday values from masking half of the log.</summary>
internal static class OvermaskGuard
{
    private const int ShortestToken = 4;
    private const int ShortestFull = 6;

    // Six different characters have 15.5 bits; "aaaaaaab1" has 9.
    private const double LeastEntropy = 12;

    // Words that logs print as a matter of course, and that guard nothing: whoever guesses does not need the log.
    private static readonly FrozenSet<string> Everyday = new[]
    {
        "true", "false", "null", "none", "undefined", "enabled", "disabled", "default", "admin", "administrator", "root", "user", "username",
        "guest", "password", "passwd", "secret", "token", "test", "testing", "tests", "develop", "development", "staging", "stage", "prod", "production",
        "local", "localhost", "master", "main", "example", "changeme", "info", "warning", "error", "debug", "trace", "https", "http", "deploy",
        "deployment", "heroku", "docker", "build", "release", "latest", "postgres", "mysql", "redis", "wercker", "server", "client", "public", "private",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Judges a value that has neither leading nor trailing white space.</summary>
    public static Maskability Judge(string value)
    {
        var guessable = IsGuessable(value);
        return value.Length switch
        {
            < ShortestToken => Maskability.None,
            < ShortestFull => guessable ? Maskability.None : Maskability.TokenOnly,
            _ => guessable ? Maskability.PlainAsToken : Maskability.Full,
        };
    }

    /// <summary>What to tell the user about a value that is not masked everywhere; null when there is nothing to tell.</summary>
    public static string? Warning(string name, Maskability maskability) => maskability switch
    {
        Maskability.None =>
            $"Secret {name} is NOT masked: it is empty, shorter than {ShortestToken} characters, or a short everyday value, and masking it would blot out the log. Use a longer value.",
        Maskability.TokenOnly =>
            $"Secret {name} is masked only where it stands as a word of its own, and in no encoded form: it is shorter than {ShortestFull} characters. Use a longer value.",
        Maskability.PlainAsToken =>
            $"Secret {name} is masked only where it stands as a word of its own: it is an everyday word or easily guessed. Use a random value.",
        _ => null,
    };

    /// <summary>Whether a line of a longer secret says enough to be masked on its own.</summary>
    public static bool IsTellingLine(string line) =>
        line.Length >= 8 && !line.StartsWith("-----", StringComparison.Ordinal) && Judge(line) == Maskability.Full && line.Distinct().Take(4).Count() == 4;

    private static bool IsGuessable(string value) =>
        Everyday.Contains(value) || value.Distinct().Take(3).Count() < 3 || IsRun(value) || (value.Length >= ShortestFull && Entropy(value) < LeastEntropy) || (value.Length < 8 && value.All(char.IsAsciiDigit));

    /// <summary>Shannon's: in bits, by how often each character stands in the value.</summary>
    private static double Entropy(string value) =>
        value.CountBy(c => c).Sum(pair => -pair.Value * Math.Log2((double)pair.Value / value.Length));

    // abcdef, 123456, 654321
    private static bool IsRun(string value)
    {
        var step = value.Length < 2 ? 0 : value[1] - value[0];
        for (var i = 1; i < value.Length; i++)
        {
            if (Math.Abs(step) > 1 || value[i] - value[i - 1] != step)
            {
                return false;
            }
        }

        return true;
    }
}
