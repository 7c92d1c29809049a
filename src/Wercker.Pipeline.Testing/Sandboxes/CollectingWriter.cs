using System.Text;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <summary>Keeps what a command writes.</summary>
internal sealed class CollectingWriter : IOutputWriter
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    public byte[] Output => Copy(_output);

    public string OutputText => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Copy(_error));

    /// <summary>Called with each block after it is kept.</summary>
    public Action? Written { get; init; }

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var kept = stream == OutputStream.Output ? _output : _error;
        lock (kept)
        {
            kept.Write(bytes.Span);
        }

        Written?.Invoke();
        return ValueTask.CompletedTask;
    }

    private static byte[] Copy(MemoryStream stream)
    {
        lock (stream)
        {
            return stream.ToArray();
        }
    }
}
