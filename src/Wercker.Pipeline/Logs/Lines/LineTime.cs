namespace Wercker.Pipeline.Logs.Lines;

/// <summary>A time as it is written in a line: perhaps without a year, perhaps without a zone.</summary>
/// <param name="Local">The time; of year 4, which is a leap year, when none is written.</param>
/// <param name="Offset">The offset from UTC; null when none is written.</param>
internal readonly record struct LineTime(DateTime Local, TimeSpan? Offset)
{
    private const int NoYear = 4;

    public static LineTime WithoutYear(int month, int day, TimeSpan time) => new(new DateTime(NoYear, month, day) + time, null);

    /// <summary>The moment that is meant.</summary>
    /// <param name="zone">The zone when none is written.</param>
    /// <param name="latest">When no year is written: the year is the last one that gives no time after this, a day of grace for clocks and zones.</param>
    public DateTimeOffset Resolve(TimeZoneInfo zone, DateTimeOffset latest)
    {
        var local = Local;
        if (local.Year == NoYear)
        {
            var limit = TimeZoneInfo.ConvertTime(latest, zone).DateTime.AddDays(1);
            var year = limit.Year;
            while (year > 1 && (!Fits(year, local) || InYear(year, local) > limit))
            {
                year--;
            }

            local = InYear(year, local);
        }

        return new DateTimeOffset(local, Offset ?? zone.GetUtcOffset(local));
    }

    private static bool Fits(int year, DateTime time) => time.Day <= DateTime.DaysInMonth(year, time.Month);

    private static DateTime InYear(int year, DateTime time) => new DateTime(year, time.Month, time.Day) + time.TimeOfDay;
}
