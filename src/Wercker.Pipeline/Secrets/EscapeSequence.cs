namespace Wercker.Pipeline.Secrets;

/// <summary>Follows the escape sequences of terminals (ECMA-48) through a stream that may be cut anywhere.</summary>
internal struct EscapeSequence
{
    /// <summary>The byte that begins every sequence.</summary>
    public const byte Escape = 0x1B;

    // A title or a link is at most about this long. What is longer is no sequence, but text after a stray byte.
    private const int MaxLength = 2048;
    private State _state;
    private int _length;

    private enum State : byte
    {
        Text,
        Escape,
        Intermediate,
        Control,
        String,
        StringEscape,
    }

    /// <summary>Whether the position is outside of any sequence.</summary>
    public readonly bool IsText => _state == State.Text;

    /// <summary>Passes over the sequence that begins or goes on at a position.</summary>
    /// <param name="text">The stream's bytes.</param>
    /// <param name="position">Where the sequence begins, or goes on.</param>
    /// <returns>Where text goes on; the end of the bytes when the sequence is not complete.</returns>
    public int Skip(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && Consume(text[position]))
        {
            position++;
            if (_state == State.Text)
            {
                break;
            }
        }

        return position;
    }

    /// <summary>Where in an escape sequence the stream is after some bytes.</summary>
    public static EscapeSequence Advance(ReadOnlySpan<byte> block, EscapeSequence sequence)
    {
        var at = 0;
        while (at < block.Length)
        {
            if (sequence.IsText)
            {
                var next = block[at..].IndexOf(Escape);
                if (next < 0)
                {
                    break;
                }

                at += next;
            }

            at = sequence.Skip(block, at);
        }

        return sequence;
    }

    /// <summary>Takes one byte; false when the byte is text again.</summary>
    private bool Consume(byte value)
    {
        if (value == Escape)
        {
            _state = _state == State.String ? State.StringEscape : State.Escape;
        }
        else
        {
            switch (_state)
            {
                case State.Text:
                    return false;
                case State.StringEscape when value == '\\':
                    _state = State.Text;
                    break;
                case State.Escape or State.StringEscape:
                    return AfterEscape(value);
                case State.Intermediate:
                    return End(value is >= 0x20 and <= 0x2F, value is >= 0x30 and <= 0x7E);
                case State.Control:
                    return End(value is >= 0x20 and <= 0x3F, value is >= 0x40 and <= 0x7E);
                case State.String:
                    return End(value is not (0x07 or (byte)'\n'), value == 0x07);
            }
        }

        return Count();
    }

    private bool AfterEscape(byte value)
    {
        _state = (char)value switch
        {
            '[' => State.Control,
            ']' or 'P' or 'X' or '^' or '_' => State.String,
            >= ' ' and <= '/' => State.Intermediate,
            _ => State.Text,
        };
        return _state == State.Text ? End(false, value is >= 0x30 and <= 0x7E) : Count();
    }

    private bool End(bool goesOn, bool isLast)
    {
        if (goesOn)
        {
            return Count();
        }

        _state = State.Text;
        _length = 0;
        return isLast;
    }

    private bool Count()
    {
        if (++_length > MaxLength || _state == State.Text)
        {
            _state = State.Text;
            _length = 0;
        }

        return true;
    }
}
