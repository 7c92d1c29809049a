using System.Text;
using Wercker.Pipeline.Engine;

namespace Wercker.Pipeline;

/// <summary>The output of one step. Bytes go in raw; whole lines come out masked, in order per stream.</summary>
public sealed class StepOutput : IOutputWriter
{
    private readonly RecentOutput _recent = new();
    private readonly OutputChannel _output;
    private readonly OutputChannel _error;
    private readonly OutputChannel _note;

    internal StepOutput(DeploymentScope scope, string stepName)
    {
        _output = new OutputChannel(scope, stepName, OutputStream.Output, _recent);
        _error = new OutputChannel(scope, stepName, OutputStream.Error, _recent);
        _note = new OutputChannel(scope, stepName, OutputStream.Note, null);
    }

    /// <summary>The last lines that commands of this step printed (up to 4 KiB, masked), for evidence of a failure.</summary>
    public string RecentLines => _recent.ToString();

    /// <summary>Forgets the recent lines: what follows belongs to another command.</summary>
    public void ForgetRecentLines() => _recent.Clear();

    /// <inheritdoc />
    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        Channel(stream).WriteAsync(bytes, cancellationToken);

    /// <summary>Writes a line of the step's own.</summary>
    /// <param name="line">The text; a line break is added.</param>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When the line is taken.</returns>
    public ValueTask NoteAsync(string line, CancellationToken cancellationToken) =>
        _note.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    /// <summary>Ends the current line of both streams of a command: nothing is held back any more.</summary>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When everything is out.</returns>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _output.CompleteAsync(cancellationToken).ConfigureAwait(false);
        await _error.CompleteAsync(cancellationToken).ConfigureAwait(false);
        await _note.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private OutputChannel Channel(OutputStream stream) => stream switch
    {
        OutputStream.Output => _output,
        OutputStream.Error => _error,
        _ => _note,
    };
}
