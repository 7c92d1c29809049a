using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>
/// The exit code of a one-off command. Heroku has no place for it, so the shell prints it behind the command's output, after a word
/// that nobody can guess and that is in no other text: the command line holds its parts only.
/// </summary>
internal sealed class ExitMarker
{
    private const string Word = "wercker-exit";
    private const byte End = (byte)';';
    private readonly string _random = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly byte[] _needle;
    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _heldReturn;

    public ExitMarker() => _needle = Encoding.ASCII.GetBytes($"{Word}-{_random}:");

    /// <summary>
    /// The command with its exit code behind it. A shell of its own, so that exit, set -e, exec or a syntax error end the command and
    /// not the marker; and no standard input, as everywhere in a pipeline.
    /// </summary>
    public string Wrap(string command) =>
        $"( eval '{command.Replace("'", "'\\''", StringComparison.Ordinal)}' ) </dev/null; printf '%s-%s:%d;\\n' '{Word}' '{_random}' \"$?\"";

    /// <summary>Takes a piece of the output, cut anywhere.</summary>
    /// <param name="input">The piece.</param>
    /// <param name="output">Takes what is certain to be output of the command, with line ends of \n.</param>
    /// <returns>The exit code; null when it has not come yet.</returns>
    public int? Feed(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        Normalize(input);
        var text = _held.WrittenSpan;
        var at = text.IndexOf(_needle);
        if (at < 0)
        {
            var certain = text.Length - PossibleStart(text);
            output.Write(text[..certain]);
            Keep(certain);
            return null;
        }

        var code = text[(at + _needle.Length)..];
        var end = code.IndexOf(End);
        if (end < 0)
        {
            output.Write(text[..at]);
            Keep(at);
            return null;
        }

        if (!int.TryParse(code[..end], out var value))
        {
            throw new HerokuException($"The dyno's exit code reads '{Encoding.UTF8.GetString(code[..end])}', which is no number.");
        }

        output.Write(text[..at]);
        _held.ResetWrittenCount();
        return value;
    }

    /// <summary>What was held back as a possible beginning of the marker, when the output ends without it.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        output.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
        _heldReturn = false;
    }

    // A terminal ends lines with \r\n, a pipe with \n: whoever reads the output should not see the difference.
    private void Normalize(ReadOnlySpan<byte> input)
    {
        foreach (var one in input)
        {
            if (_heldReturn && one != (byte)'\n')
            {
                _held.Write("\r"u8);
            }

            _heldReturn = one == (byte)'\r';
            if (!_heldReturn)
            {
                _held.Write([one]);
            }
        }
    }

    /// <summary>The length of the longest end of the text that the marker may begin with.</summary>
    private int PossibleStart(ReadOnlySpan<byte> text)
    {
        for (var length = Math.Min(_needle.Length - 1, text.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(_needle.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }

    private void Keep(int from)
    {
        var rest = _held.WrittenSpan[from..].ToArray();
        _held.ResetWrittenCount();
        _held.Write(rest);
    }
}
