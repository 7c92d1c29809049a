using System.Globalization;
using System.Security.Cryptography;

namespace Wercker.Pipeline.Engine;

/// <summary>Ids that people can read and that sort by time: 20130419-101500123-8f2c. Those of one process sort in the order in which they were made.</summary>
internal static class DeploymentId
{
    private static long _last;

    public static string New(TimeProvider clock)
    {
        var now = clock.GetUtcNow().Ticks / TimeSpan.TicksPerMillisecond;
        long last;
        long next;
        do
        {
            last = Volatile.Read(ref _last);

            // A clock that stood still for a moment is helped on. One that was set back, or a test's clock, is believed.
            next = now > last || last - now > 1000 ? now : last + 1;
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        var at = new DateTime(next * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
        return at.ToString("yyyyMMdd-HHmmssfff-", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(4, lowercase: true);
    }
}
