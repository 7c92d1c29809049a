using System.Buffers;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>Hands the output of a command on without its marker.</summary>
internal sealed class MarkedOutput(ExitMarker marker, IOutputWriter output)
{
    private readonly ArrayBufferWriter<byte> _certain = new();

    /// <summary>Takes a piece of output; answers with the exit code when it is there.</summary>
    public async ValueTask<int?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var code = marker.Feed(bytes.Span, _certain);
        await HandOnAsync(cancellationToken).ConfigureAwait(false);
        return code;
    }

    /// <summary>Hands on what was held back, when no marker comes any more.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        marker.Complete(_certain);
        await HandOnAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask HandOnAsync(CancellationToken cancellationToken)
    {
        if (_certain.WrittenCount > 0)
        {
            await output.WriteAsync(OutputStream.Output, _certain.WrittenMemory, cancellationToken).ConfigureAwait(false);
            _certain.ResetWrittenCount();
        }
    }
}
