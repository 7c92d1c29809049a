using System.Text;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Keeps the output of a command, each stream for itself.</summary>
internal sealed class CollectingOutput : IOutputWriter
{
    private readonly Dictionary<OutputStream, MemoryStream> _streams = new() { [OutputStream.Output] = new(), [OutputStream.Error] = new() };

    public string Text => Encoding.UTF8.GetString(_streams[OutputStream.Output].ToArray());

    public string Error => Encoding.UTF8.GetString(_streams[OutputStream.Error].ToArray());

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _streams[stream].Write(bytes.Span);
        return ValueTask.CompletedTask;
    }
}
