using System.Text;
using Wercker.Pipeline.Engine;

namespace Wercker.Pipeline;

/// <summary>The output of one step. Bytes go in raw; whole lines come out masked, in order per stream.</summary>
public sealed class StepOutput : IOutputWriter
{
    private static readonly OutputStream[] Streams = [OutputStream.Output, OutputStream.Error, OutputStream.Note];
    private readonly DeploymentScope _scope;
    private readonly string _stepName;
    private readonly OutputChannel?[] _channels = new OutputChannel?[Streams.Length];
    private readonly RecentOutput _recent = new();

    internal StepOutput(DeploymentScope scope, string stepName)
    {
        _scope = scope;
        _stepName = stepName;
    }

    /// <summary>The last lines that commands of this step printed (up to 4 KiB, masked), for evidence.</summary>
    public string RecentLines => _recent.ToString();

    /// <inheritdoc />
    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        Channel(stream).WriteAsync(bytes, cancellationToken);

    /// <summary>Writes a line of the step's own.</summary>
    /// <param name="line">The text; a line break is added.</param>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When the line is taken.</returns>
    public ValueTask NoteAsync(string line, CancellationToken cancellationToken) =>
        Channel(OutputStream.Note).WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    /// <summary>Ends the current line of all streams: nothing is held back any more.</summary>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When everything is out.</returns>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var channel in _channels)
        {
            if (channel is not null)
            {
                await channel.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Forgets the recent lines: what follows belongs to another command.</summary>
    public void ForgetRecentLines() => _recent.Clear();

    // Most steps print nothing, so a channel is made by its first byte.
    private OutputChannel Channel(OutputStream stream)
    {
        ref var channel = ref _channels[(int)stream];
        if (channel is null)
        {
            Interlocked.CompareExchange(ref channel, new OutputChannel(_scope, _stepName, stream, stream == OutputStream.Note ? null : _recent), null);
        }

        return channel;
    }
}
