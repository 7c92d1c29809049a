using System.Text;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>Passes output on and keeps its end, as evidence.</summary>
internal sealed class OutputTail(IOutputWriter output) : IOutputWriter
{
    private const int Kept = 4096;
    private readonly Lock _gate = new();
    private readonly List<byte> _end = [];

    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _end.AddRange(bytes.Span);
            if (_end.Count > 2 * Kept)
            {
                _end.RemoveRange(0, _end.Count - Kept);
            }
        }

        await output.WriteAsync(stream, bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The end of the output, from the start of a line on.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            var text = Encoding.UTF8.GetString([.. _end]);
            if (text.Length <= Kept)
            {
                return text.TrimEnd();
            }

            text = text[^Kept..];
            return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimEnd();
        }
    }

    /// <summary>The output as evidence; empty when there was none.</summary>
    public IReadOnlyList<Evidence> ToEvidence(string title) => ToString() is { Length: > 0 } text ? [new Evidence("text", title) { Text = text }] : [];
}
