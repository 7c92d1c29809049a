using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Logs;

/// <summary>Regular expressions from settings, of the kind that cannot run away on a hostile line.</summary>
internal static class LogPattern
{
    /// <exception cref="ConfigurationException">The text is no regular expression, or uses lookarounds or backreferences.</exception>
    public static Regex Compile(string pattern, string what, RegexOptions options = RegexOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | options);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{what} '{pattern}' is no regular expression that can be used: {e.Message}", e);
        }
    }
}
