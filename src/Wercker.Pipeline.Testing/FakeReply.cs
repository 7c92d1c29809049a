using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing;

/// <summary>How a scripted command ends.</summary>
/// <param name="ExitCode">Its exit code.</param>
public sealed record FakeReply(int ExitCode = 0)
{
    /// <summary>What it writes to standard output, verbatim: add the line breaks. Empty by default.</summary>
    public string Output { get; init; } = string.Empty;

    /// <summary>What it writes to standard error, after the output. Empty by default.</summary>
    public string Error { get; init; } = string.Empty;

    /// <summary>How long it takes on the fake's clock, silently. Longer than the command's timeouts, it ends the way they say. Default: no time.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Why it ends. Default: by itself.</summary>
    public CommandEnd End { get; init; } = CommandEnd.Exited;

    /// <summary>The detail of the result; null by default.</summary>
    public string? Detail { get; init; }

    /// <summary>Thrown after the delay instead of giving a result: the accident of a lost shell. Null by default.</summary>
    public Exception? Exception { get; init; }

    internal async ValueTask WriteAsync(IOutputWriter output, CancellationToken cancellationToken)
    {
        if (Output.Length > 0)
        {
            await output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(Output), cancellationToken).ConfigureAwait(false);
        }

        if (Error.Length > 0)
        {
            await output.WriteAsync(OutputStream.Error, Encoding.UTF8.GetBytes(Error), cancellationToken).ConfigureAwait(false);
        }
    }
}
