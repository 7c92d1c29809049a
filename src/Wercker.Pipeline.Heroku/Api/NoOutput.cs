namespace Wercker.Pipeline.Heroku.Api;

/// <summary>Takes output that was shown before.</summary>
internal sealed class NoOutput : IOutputWriter
{
    public static readonly NoOutput Instance = new();

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
