namespace Wercker.Pipeline;

/// <summary>Takes the raw bytes of a command's output, as a sandbox or a target reads them.</summary>
public interface IOutputWriter
{
    /// <summary>Takes bytes. Any cut is allowed, also in the middle of a character, a line or a secret.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="bytes">The bytes; their memory is valid only until the returned task has ended.</param>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When the bytes are taken; backpressure is in the waiting.</returns>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
