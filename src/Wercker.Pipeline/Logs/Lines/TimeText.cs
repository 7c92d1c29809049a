namespace Wercker.Pipeline.Logs.Lines;

/// <summary>Reads the parts of a time from left to right. What does not fit leaves the place where it is.</summary>
internal ref struct TimeText(ReadOnlySpan<char> line, int start)
{
    private readonly ReadOnlySpan<char> _line = line;

    public int Position { get; private set; } = start;

    /// <summary>True when no word goes on here.</summary>
    public readonly bool IsEnd => Position >= _line.Length || !char.IsAsciiLetterOrDigit(_line[Position]);

    private readonly char Next => Position < _line.Length ? _line[Position] : '\0';

    public readonly int CountDigits()
    {
        var rest = _line[Position..];
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? rest.Length : end;
    }

    /// <summary>A number of at most so many digits.</summary>
    public bool Number(int digits, out int value)
    {
        (value, var from) = (0, Position);
        while (Position < from + digits && char.IsAsciiDigit(Next))
        {
            value = (value * 10) + (_line[Position++] - '0');
        }

        return Position > from;
    }

    public long Long(int digits)
    {
        var value = long.Parse(_line.Slice(Position, digits), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
        Position += digits;
        return value;
    }

    public bool One(char expected)
    {
        var is1 = Next == expected && Position < _line.Length;
        Position += is1 ? 1 : 0;
        return is1;
    }

    public char? Any(string expected)
    {
        if (Position >= _line.Length || !expected.Contains(Next, StringComparison.Ordinal))
        {
            return null;
        }

        return _line[Position++];
    }

    public bool Spaces()
    {
        var from = Position;
        while (Next == ' ')
        {
            Position++;
        }

        return Position > from;
    }

    public readonly TimeText Back() => new(_line, Position - 1);

    /// <summary>One of several names of three letters, counted from 1.</summary>
    public bool Name(string names, out int number)
    {
        number = 0;
        if (Position + 3 > _line.Length)
        {
            return false;
        }

        var name = _line.Slice(Position, 3);
        for (var i = 0; i < names.Length; i += 3)
        {
            if (name.Equals(names.AsSpan(i, 3), StringComparison.Ordinal))
            {
                number = (i / 3) + 1;
                Position += 3;
                return true;
            }
        }

        return false;
    }

    /// <summary>15:04, 15:04:05, 15:04:05.123, 15:04:05,123, 15.04.05.123</summary>
    public bool Clock(out TimeSpan time)
    {
        time = default;
        var from = Position;
        if (CountDigits() is 1 or 2 && Number(2, out var hour) && Any(":.") is { } mark && CountDigits() is 1 or 2 && Number(2, out var minute) && hour < 24 && minute < 60)
        {
            var second = 0;
            var fraction = 0L;
            if (Next == mark && Position + 1 < _line.Length && char.IsAsciiDigit(_line[Position + 1]))
            {
                Position++;
                Number(2, out second);
                fraction = Fraction();
            }

            // A leap second is the second after.
            time = new TimeSpan(hour, minute, Math.Min(second, 60)) + TimeSpan.FromTicks(fraction);
            if (second <= 60)
            {
                return true;
            }
        }

        Position = from;
        return false;
    }

    /// <summary>150405</summary>
    public bool CompactClock(out TimeSpan time)
    {
        time = default;
        if (CountDigits() != 6)
        {
            return false;
        }

        Number(2, out var hour);
        Number(2, out var minute);
        Number(2, out var second);
        time = new TimeSpan(hour, minute, second);
        return hour < 24 && minute < 60 && second <= 60;
    }

    /// <summary>A fraction of a second, in ticks: ".123", ",123456", ":606".</summary>
    public long Fraction()
    {
        if (Next is not ('.' or ',' or ':') || Position + 1 >= _line.Length || !char.IsAsciiDigit(_line[Position + 1]))
        {
            return 0;
        }

        Position++;
        var (ticks, unit) = (0L, TimeSpan.TicksPerSecond / 10);
        while (char.IsAsciiDigit(Next))
        {
            ticks += (_line[Position++] - '0') * unit;
            unit /= 10;
        }

        return ticks;
    }

    /// <summary>Z, UTC, +0200, +02:00, with or without a space before it; null when there is none.</summary>
    public TimeSpan? Zone()
    {
        var from = Position;
        Spaces();
        if (Next == 'Z')
        {
            Position++;
            return TimeSpan.Zero;
        }

        if (_line[Math.Min(Position, _line.Length)..].StartsWith("UTC", StringComparison.Ordinal) || _line[Math.Min(Position, _line.Length)..].StartsWith("GMT", StringComparison.Ordinal))
        {
            Position += 3;
            return TimeSpan.Zero;
        }

        if (Any("+-") is { } sign && CountDigits() is 2 or 4 && Number(2, out var hours))
        {
            _ = One(':');
            var minutes = 0;
            if (CountDigits() == 2)
            {
                Number(2, out minutes);
            }

            if (hours < 15 && minutes < 60)
            {
                var offset = new TimeSpan(hours, minutes, 0);
                return sign == '-' ? -offset : offset;
            }
        }

        Position = from;
        return null;
    }
}
