using System.Text;

namespace Wercker.Pipeline.Tool;

/// <summary>Standard output for results, standard error for all else. The one class that knows the console.</summary>
internal sealed class Terminal
{
#pragma warning disable RS0030 // Only this class talks to the console.
    private readonly Lazy<Stream> _output = new(Console.OpenStandardOutput);
    private readonly Lazy<Stream> _error = new(Console.OpenStandardError);

    /// <summary>True when a person watches standard error on a terminal that can move its cursor.</summary>
    public static bool IsInteractive => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term && term != "dumb";

    /// <summary>True when a person who watches can also type.</summary>
    public static bool CanAsk => IsInteractive && !Console.IsInputRedirected;

    /// <summary>What is typed.</summary>
    public static TextReader Input => Console.In;

    /// <summary>Standard error for Spectre.Console.</summary>
    public static TextWriter ErrorWriter => Console.Error;
#pragma warning restore RS0030

    public Stream Output => _output.Value;

    public Stream Error => _error.Value;

    /// <summary>Writes a result, with a line break.</summary>
    public void Result(string text) => Write(Output, text);

    /// <summary>Writes a message, with a line break.</summary>
    public void Say(string text) => Write(Error, text);

    private static void Write(Stream stream, string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(ConsoleText.Clean(text) + "\n"));
        stream.Flush();
    }
}
