namespace Wercker.Pipeline.Logs.Lines;

/// <summary>The ways in which logs write the time: ISO 8601 and its relatives, syslog, Apache, log4j, glog, seconds since 1970.</summary>
internal static class TimestampFormats
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private const string Days = "MonTueWedThuFriSatSun";

    /// <summary>Reads a time at a place of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="alone">True to take only what can be nothing else than a date with a time.</param>
    /// <param name="time">The time.</param>
    /// <param name="end">Where it ends.</param>
    public static bool TryParse(ReadOnlySpan<char> line, int start, bool alone, out LineTime time, out int end)
    {
        var text = new TimeText(line, start);
        var found = start < line.Length && (char.IsAsciiDigit(line[start]) ? Numeric(ref text, alone, out time) : Named(ref text, out time)) ? true : None(out time);
        end = text.Position;
        return found && !(end < line.Length && char.IsAsciiLetterOrDigit(line[end]));
    }

    private static bool Numeric(ref TimeText text, bool alone, out LineTime time)
    {
        var from = text;
        var digits = text.CountDigits();
        switch (digits)
        {
            case 4 when text.Number(4, out var year) && text.Any("-/.") is { } mark && text.Number(2, out var month) && text.One(mark) && text.Number(2, out var day)
                && text.Any("T _-") is not null && text.Clock(out var clock):
                return Make(year, month, day, clock, text.Zone(), out time);

            // HealthApp and compact ISO: 20171223-22:15:29:606, 20171223T221529Z
            case 8 when text.Number(4, out var year) && text.Number(2, out var month) && text.Number(2, out var day) && text.Any("T -") is not null
                && (text.Clock(out var clock) || text.CompactClock(out clock)):
                return Make(year, month, day, clock, text.Zone(), out time);

            // log4j's short form: 17/06/09 20:10:40; and Apache's: 10/Oct/2000:13:55:36 -0700
            case 2 when text.Number(2, out var first) && text.Any("/-") is { } mark:
                return Short(ref text, first, mark, alone, out time);

            // Hadoop's file system: 081109 203615
            case 6 when !alone && text.Number(2, out var year) && text.Number(2, out var month) && text.Number(2, out var day) && text.One(' ') && text.CompactClock(out var clock):
                return Make(2000 + year, month, day, clock, null, out time);
            case 10 or 13 when !alone:
                text = from;
                return Epoch(ref text, digits, out time);
            default:
                return None(out time);
        }
    }

    private static bool Short(ref TimeText text, int first, char mark, bool alone, out LineTime time)
    {
        if (text.Name(Months, out var named))
        {
            return text.One(mark) && text.Number(4, out var written) && text.Any(": ") is not null && text.Clock(out var at)
                ? Make(written, named, first, at, text.Zone(), out time)
                : None(out time);
        }

        if (alone || !text.Number(2, out var second))
        {
            return None(out time);
        }

        if (text.One(mark))
        {
            return text.Number(2, out var day) && text.One(' ') && text.Clock(out var at) ? Make(2000 + first, second, day, at, text.Zone(), out time) : None(out time);
        }

        // Android: 03-17 16:13:38.811
        return text.One(' ') && text.Clock(out var clock) ? MakeWithoutYear(first, second, clock, out time) : None(out time);
    }

    private static bool Named(ref TimeText text, out LineTime time)
    {
        // glog: E0102 15:04:05.000000
        if (text.Any("IWEF") is not null)
        {
            var glog = text;
            if (glog.CountDigits() == 4 && glog.Number(2, out var number) && glog.Number(2, out var date) && glog.One(' ') && glog.Clock(out var at))
            {
                text = glog;
                return MakeWithoutYear(number, date, at, out time);
            }

            text = text.Back();
        }

        // Sun Dec 04 04:47:44 2005, and of a mail: Sun, 04 Dec 2005 04:47:44
        if (text.Name(Days, out _))
        {
            _ = text.One(',');
            text.Spaces();
        }

        if (text.CountDigits() is 1 or 2)
        {
            return text.Number(2, out var day) && text.Spaces() && text.Name(Months, out var month) && text.Spaces() && text.Number(4, out var year) && text.Spaces() && text.Clock(out var at)
                ? Make(year, month, day, at, text.Zone(), out time)
                : None(out time);
        }

        if (!(text.Name(Months, out var written) && text.Spaces() && text.Number(2, out var dayOfMonth) && text.Spaces()))
        {
            return None(out time);
        }

        if (text.CountDigits() == 4)
        {
            return text.Number(4, out var year) && text.Spaces() && text.Clock(out var at) ? Make(year, written, dayOfMonth, at, text.Zone(), out time) : None(out time);
        }

        if (!text.Clock(out var clock))
        {
            return None(out time);
        }

        var behind = text;
        if (behind.One(' ') && behind.CountDigits() == 4 && behind.Number(4, out var last) && behind.IsEnd && last is > 1970 and < 2200)
        {
            text = behind;
            return Make(last, written, dayOfMonth, clock, null, out time);
        }

        return MakeWithoutYear(written, dayOfMonth, clock, out time);
    }

    private static bool Epoch(ref TimeText text, int digits, out LineTime time)
    {
        var seconds = text.Long(10);
        var fraction = digits == 13 ? text.Long(3) * TimeSpan.TicksPerMillisecond : text.Fraction();
        time = new LineTime(DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(fraction), TimeSpan.Zero);
        time = time with { Local = DateTime.SpecifyKind(time.Local, DateTimeKind.Unspecified) };
        return seconds is >= 500_000_000 and < 5_000_000_000;
    }

    private static bool Make(int year, int month, int day, TimeSpan clock, TimeSpan? offset, out LineTime time)
    {
        var valid = year is > 1900 and < 2200 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        time = valid ? new LineTime(new DateTime(year, month, day) + clock, offset) : default;
        return valid;
    }

    private static bool MakeWithoutYear(int month, int day, TimeSpan clock, out LineTime time)
    {
        // Of a leap year, so that 29 February is a day.
        var valid = month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(4, month);
        time = valid ? LineTime.WithoutYear(month, day, clock) : default;
        return valid;
    }

    private static bool None(out LineTime time)
    {
        time = default;
        return false;
    }
}
