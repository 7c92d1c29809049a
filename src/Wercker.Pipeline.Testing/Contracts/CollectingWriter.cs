using System.Text;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>Keeps a command's output of both streams.</summary>
internal sealed class CollectingWriter : IOutputWriter
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _bytes = new();

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return Encoding.UTF8.GetString(_bytes.ToArray());
            }
        }
    }

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _bytes.Write(bytes.Span);
        }

        return ValueTask.CompletedTask;
    }
}
