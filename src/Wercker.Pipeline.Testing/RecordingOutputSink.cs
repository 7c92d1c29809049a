using System.Text;

namespace Wercker.Pipeline.Testing;

/// <summary>Remembers the output of deployments as text.</summary>
public sealed class RecordingOutputSink : IOutputSink
{
    private readonly Lock _gate = new();
    private readonly List<(string Step, OutputStream Stream, string Text)> _blocks = [];

    /// <summary>Thrown instead of taking lines. Default: null.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Everything that came, of all steps and streams, in the order in which it came.</summary>
    public string Text => Join(static (_, _) => true);

    /// <inheritdoc />
    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is not null)
        {
            throw Failure;
        }

        // The block's memory is only lent.
        var text = Encoding.UTF8.GetString(block.Lines.Span);
        lock (_gate)
        {
            _blocks.Add((block.Step, block.Stream, text));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The text of one step's stream.</summary>
    /// <param name="step">The step's name, with its stages.</param>
    /// <param name="stream">The stream. Default: standard output.</param>
    /// <returns>The text with its line breaks; empty when nothing came.</returns>
    public string TextOf(string step, OutputStream stream = OutputStream.Output) =>
        Join((itsStep, itsStream) => itsStep == step && itsStream == stream);

    /// <summary>The lines of one step's stream.</summary>
    /// <param name="step">The step's name, with its stages.</param>
    /// <param name="stream">The stream. Default: standard output.</param>
    /// <returns>The lines without their line breaks; none when nothing came.</returns>
    public IReadOnlyList<string> LinesOf(string step, OutputStream stream = OutputStream.Output)
    {
        var text = TextOf(step, stream);
        return text.Length == 0 ? [] : text[..^1].Split('\n');
    }

    private string Join(Func<string, OutputStream, bool> wanted)
    {
        lock (_gate)
        {
            return string.Concat(_blocks.Where(block => wanted(block.Step, block.Stream)).Select(block => block.Text));
        }
    }
}
