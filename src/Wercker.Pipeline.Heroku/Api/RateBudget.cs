using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>
/// Requests of one key share one budget at Heroku, so all deployments of this process that use the key wait together when it is spent.
/// </summary>
internal sealed class RateBudget
{
    private static readonly ConcurrentDictionary<string, RateBudget> Budgets = new(StringComparer.Ordinal);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private DateTimeOffset _notBefore;

    /// <summary>The budget of a key at a host; the key itself is not kept.</summary>
    public static RateBudget Of(Uri host, string key) =>
        Budgets.GetOrAdd(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{host}\n{key}"))), _ => new RateBudget());

    /// <summary>How long to wait before the next request.</summary>
    public TimeSpan Pause(TimeProvider clock)
    {
        lock (_gate)
        {
            var pause = _notBefore - clock.GetUtcNow();
            return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
        }
    }

    /// <summary>Learns from an answer what is left. A spent budget refills by a little more than one request a second.</summary>
    public void Learn(HttpResponseHeaders headers, TimeProvider clock)
    {
        if (headers.TryGetValues("RateLimit-Remaining", out var values)
            && int.TryParse(values.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var left) && left <= 0)
        {
            Hold(clock, FirstPause);
        }
    }

    /// <summary>Holds everybody back after a 429.</summary>
    /// <param name="headers">The headers of the 429.</param>
    /// <param name="attempt">How often this request was refused before.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>The pause.</returns>
    public TimeSpan Refused(HttpResponseHeaders headers, int attempt, TimeProvider clock)
    {
        var asked = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        var grown = FirstPause * Math.Pow(2, Math.Min(attempt, 10));
        var pause = asked > TimeSpan.Zero ? asked : grown < LongestPause ? grown : LongestPause;
        Hold(clock, pause);
        return pause;
    }

    private void Hold(TimeProvider clock, TimeSpan pause)
    {
        lock (_gate)
        {
            var until = clock.GetUtcNow() + pause;
            _notBefore = until > _notBefore ? until : _notBefore;
        }
    }
}
