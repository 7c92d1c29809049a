using System.Text;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>
/// The platform's words during a push. git puts "remote: " in front and blanks behind every line, and ends progress with \r; people
/// want the build's output as it was written.
/// </summary>
internal sealed class RemoteLines(IOutputWriter output)
{
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("remote: ");
    private readonly List<byte> _line = [];

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var ready = new List<byte>(bytes.Length);
        foreach (var one in bytes.Span)
        {
            if (one is (byte)'\n' or (byte)'\r')
            {
                Take(ready, keepEmpty: one == (byte)'\n');
            }
            else
            {
                _line.Add(one);
            }
        }

        await HandOnAsync(ready, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        var ready = new List<byte>();
        Take(ready, keepEmpty: false);
        await HandOnAsync(ready, cancellationToken).ConfigureAwait(false);
    }

    private void Take(List<byte> ready, bool keepEmpty)
    {
        if (_line.Count == 0 && !keepEmpty)
        {
            return;
        }

        var end = _line.Count;
        while (end > 0 && _line[end - 1] == (byte)' ')
        {
            end--;
        }

        var start = _line.Count >= Prefix.Length && _line.Take(Prefix.Length).SequenceEqual(Prefix) ? Prefix.Length : 0;
        ready.AddRange(_line.Skip(start).Take(Math.Max(0, end - start)));
        ready.Add((byte)'\n');
        _line.Clear();
    }

    private async ValueTask HandOnAsync(List<byte> ready, CancellationToken cancellationToken)
    {
        if (ready.Count > 0)
        {
            await output.WriteAsync(OutputStream.Output, ready.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }
}
