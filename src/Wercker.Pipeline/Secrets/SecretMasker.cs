using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>Replaces every known secret by *** in all that leaves a deployment.</summary>
public sealed class SecretMasker
{
    private readonly Lock _gate = new();
    private readonly List<string> _values = [];

    /// <summary>Makes a secret known, from now on.</summary>
    /// <param name="name">Its name, for warnings; never its value.</param>
    /// <param name="secret">The secret.</param>
    public void Add(string name, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        lock (_gate)
        {
            _values.Add(secret.Reveal());
        }
    }

    /// <summary>Masks a whole text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets.</returns>
    public string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (_gate)
        {
            foreach (var value in _values.Where(value => value.Length > 0))
            {
                text = text.Replace(value, Secret.Mask, StringComparison.Ordinal);
            }
        }

        return text;
    }

    /// <summary>Starts masking a stream of bytes.</summary>
    /// <returns>The stream's state; one per stream.</returns>
    internal MaskingSession OpenSession() => new(this);
}

/// <summary>The masking of one stream of bytes, cut anywhere.</summary>
internal sealed class MaskingSession
{
    private readonly SecretMasker _masker;
    private readonly ArrayBufferWriter<byte> _held = new();

    internal MaskingSession(SecretMasker masker) => _masker = masker;

    /// <summary>Takes some bytes and gives what is certain to hold no secret.</summary>
    /// <param name="input">The next bytes of the stream.</param>
    /// <param name="output">Takes the masked bytes.</param>
    public void Write(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        _held.Write(input);
        var end = _held.WrittenSpan.LastIndexOf((byte)'\n') + 1;
        if (end > 0)
        {
            output.Write(Encoding.UTF8.GetBytes(_masker.Mask(Encoding.UTF8.GetString(_held.WrittenSpan[..end]))));
            var rest = _held.WrittenSpan[end..].ToArray();
            _held.ResetWrittenCount();
            _held.Write(rest);
        }
    }

    /// <summary>Ends the stream: gives what was held back.</summary>
    /// <param name="output">Takes the masked bytes.</param>
    public void Complete(IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(_masker.Mask(Encoding.UTF8.GetString(_held.WrittenSpan))));
        _held.ResetWrittenCount();
    }
}
