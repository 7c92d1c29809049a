using System.Runtime.CompilerServices;

namespace Wercker.Pipeline.Stores;

/// <summary>Reads an output log from a byte to its present end.</summary>
internal static class LogReading
{
    /// <exception cref="InvalidDataException">A block is damaged or missing; what was before it has been given.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(ILogTable table, string deploymentId, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var at = from; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (block, length) = await table.ReadAsync(deploymentId, at, cancellationToken).ConfigureAwait(false);
            if (at >= length)
            {
                yield break;
            }

            if (block?.Open() is not { } bytes)
            {
                throw new InvalidDataException($"{table.Name}: the log of deployment {deploymentId} is damaged after byte {at} of {length}; what is before that is whole.");
            }

            yield return bytes.AsMemory((int)(at - block.Offset));
            at = block.End;
        }
    }
}
