using System.Text;

namespace Wercker.Pipeline.Tests.Sandboxes;

/// <summary>Keeps what a command writes.</summary>
internal sealed class RecordingWriter : IOutputWriter
{
    private readonly Dictionary<OutputStream, MemoryStream> _streams = new() { [OutputStream.Output] = new(), [OutputStream.Error] = new() };

    public string Output => Encoding.UTF8.GetString(_streams[OutputStream.Output].ToArray());

    public string Error => Encoding.UTF8.GetString(_streams[OutputStream.Error].ToArray());

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _streams[stream].Write(bytes.Span);
        return ValueTask.CompletedTask;
    }
}
