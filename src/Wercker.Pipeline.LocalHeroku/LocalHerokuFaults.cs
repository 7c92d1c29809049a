using Wercker.Pipeline.LocalHeroku.Api;

namespace Wercker.Pipeline.LocalHeroku;

/// <summary>
/// Switches that make the platform fail the way Heroku does. They may be turned while it runs, from any thread, or over
/// <c>PATCH /_local/faults</c> under the same names in camel case (time spans in seconds).
/// </summary>
/// <remarks>A switch that counts is used up by the events it spoils: 2 means the next two, -1 every one.</remarks>
public sealed class LocalHerokuFaults
{
    private static readonly TimeSpan DefaultSpoilHang = TimeSpan.FromSeconds(30);
    private readonly int[] _counts = new int[Enum.GetValues<Fault>().Length];
    private readonly Lock _chance = new();
    private long _buildDelay;
    private string _requestFilter = "";
    private double _spoilRate;
    private Random _random = new(0);
    private long _spoilHang = DefaultSpoilHang.Ticks;

    /// <summary>How long every build pauses before it compiles, its output open.</summary>
    public TimeSpan BuildDelay
    {
        get => new(Interlocked.Read(ref _buildDelay));
        set => Interlocked.Exchange(ref _buildDelay, value.Ticks);
    }

    /// <summary>Builds that fail to compile (counts).</summary>
    public int FailBuilds { get => Get(Fault.FailBuilds); set => Set(Fault.FailBuilds, value); }

    /// <summary>Builds that stay pending for ever, their output open (counts).</summary>
    public int HangBuilds { get => Get(Fault.HangBuilds); set => Set(Fault.HangBuilds, value); }

    /// <summary>Release phases that fail, also of apps that declare none (counts).</summary>
    public int FailReleasePhases { get => Get(Fault.FailReleasePhases); set => Set(Fault.FailReleasePhases, value); }

    /// <summary>Releases that stay pending for ever (counts).</summary>
    public int HangReleasePhases { get => Get(Fault.HangReleasePhases); set => Set(Fault.HangReleasePhases, value); }

    /// <summary>Releases that report success and do not become current (counts).</summary>
    public int ReleasesNotCurrent { get => Get(Fault.ReleasesNotCurrent); set => Set(Fault.ReleasesNotCurrent, value); }

    /// <summary>Web and worker processes that exit with status 1 right after their start (counts).</summary>
    public int CrashDynos { get => Get(Fault.CrashDynos); set => Set(Fault.CrashDynos, value); }

    /// <summary>Web and worker dynos that stay in state starting (counts).</summary>
    public int StuckDynos { get => Get(Fault.StuckDynos); set => Set(Fault.StuckDynos, value); }

    /// <summary>API requests answered with 429 rate_limit (counts).</summary>
    public int RateLimitRequests { get => Get(Fault.RateLimitRequests); set => Set(Fault.RateLimitRequests, value); }

    /// <summary>API requests answered with 500 before anything was done (counts).</summary>
    public int FailRequests { get => Get(Fault.FailRequests); set => Set(Fault.FailRequests, value); }

    /// <summary>API requests that are carried out, and answered with 503 all the same (counts).</summary>
    public int LoseAnswers { get => Get(Fault.LoseAnswers); set => Set(Fault.LoseAnswers, value); }

    /// <summary>Only requests spoil or are spoiled whose <c>METHOD /path</c> holds this text; empty for all.</summary>
    public string RequestFilter
    {
        get => Volatile.Read(ref _requestFilter);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _requestFilter, value);
        }
    }

    /// <summary>
    /// The share of API requests, 0 to 1, that are spoiled at random: 429, 500, a reset connection before or after the request was carried out, an answer lost to 503, or
    /// none for <see cref="SpoilHang"/>. Setting it restarts the sequence of <see cref="SpoilSeed"/>. Default: 0.
    /// </summary>
    public double SpoilRate
    {
        get => Volatile.Read(ref _spoilRate);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            lock (_chance)
            {
                _random = new Random(SpoilSeed);
                Volatile.Write(ref _spoilRate, value);
            }
        }
    }

    /// <summary>Which requests <see cref="SpoilRate"/> hits and how: the same seed spoils the same sequence of requests. Set it before the rate. Default: 0.</summary>
    public int SpoilSeed { get; set; }

    /// <summary>How long a request that <see cref="SpoilRate"/> has hit may hang before its connection is reset. Default: 30 seconds.</summary>
    public TimeSpan SpoilHang
    {
        get => new(Interlocked.Read(ref _spoilHang));
        set => Interlocked.Exchange(ref _spoilHang, value.Ticks);
    }

    /// <summary>The account is suspended: 403 to everything but GET /account, which tells since when.</summary>
    public bool SuspendAccount { get => Get(Fault.SuspendAccount) != 0; set => Set(Fault.SuspendAccount, value ? -1 : 0); }

    /// <summary>The account is delinquent: 402 to everything that changes something.</summary>
    public bool DelinquentAccount { get => Get(Fault.DelinquentAccount) != 0; set => Set(Fault.DelinquentAccount, value ? -1 : 0); }

    /// <summary>Every API request needs a second factor, which is the code 123456: 403 without it.</summary>
    public bool RequireTwoFactor { get => Get(Fault.RequireTwoFactor) != 0; set => Set(Fault.RequireTwoFactor, value ? -1 : 0); }

    /// <summary>PATCH maintenance is answered well and changes nothing (counts).</summary>
    public int IgnoreMaintenance { get => Get(Fault.IgnoreMaintenance); set => Set(Fault.IgnoreMaintenance, value); }

    /// <summary>Restarts that are accepted and never done (counts).</summary>
    public int IgnoreRestarts { get => Get(Fault.IgnoreRestarts); set => Set(Fault.IgnoreRestarts, value); }

    /// <summary>POST dynos answered with 409, as right after a release (counts).</summary>
    public int ConflictDynos { get => Get(Fault.ConflictDynos); set => Set(Fault.ConflictDynos, value); }

    /// <summary>Rendezvous connections that are cut before the greeting (counts).</summary>
    public int RefuseRendezvous { get => Get(Fault.RefuseRendezvous); set => Set(Fault.RefuseRendezvous, value); }

    /// <summary>Rendezvous connections that are cut at the first line of output (counts).</summary>
    public int DropRendezvous { get => Get(Fault.DropRendezvous); set => Set(Fault.DropRendezvous, value); }

    /// <summary>One-off dynos whose output has CR LF line ends, as of a terminal (counts).</summary>
    public int TerminalOutput { get => Get(Fault.TerminalOutput); set => Set(Fault.TerminalOutput, value); }

    /// <summary>Log lines that are lost; L10 and L11 tell of them (counts).</summary>
    public int LoseLogLines { get => Get(Fault.LoseLogLines); set => Set(Fault.LoseLogLines, value); }

    /// <summary>Log streams that answer 404, as of an expired session (counts).</summary>
    public int ExpireLogSessions { get => Get(Fault.ExpireLogSessions); set => Set(Fault.ExpireLogSessions, value); }

    /// <summary>Log streams that are cut after their first line (counts).</summary>
    public int CutLogStreams { get => Get(Fault.CutLogStreams); set => Set(Fault.CutLogStreams, value); }

    /// <summary>Build and release outputs that are cut after their first bytes; the client may resume (counts).</summary>
    public int CutOutputStreams { get => Get(Fault.CutOutputStreams); set => Set(Fault.CutOutputStreams, value); }

    /// <summary>Logs and output are sent as server-sent events, whatever the client asks for.</summary>
    public bool EventStreamsOnly { get => Get(Fault.EventStreamsOnly) != 0; set => Set(Fault.EventStreamsOnly, value ? -1 : 0); }

    /// <summary>Logs and output are sent as plain text, whatever the client asks for.</summary>
    public bool PlainStreamsOnly { get => Get(Fault.PlainStreamsOnly) != 0; set => Set(Fault.PlainStreamsOnly, value ? -1 : 0); }

    /// <summary>git requests answered with 503 (counts).</summary>
    public int FailGitRequests { get => Get(Fault.FailGitRequests); set => Set(Fault.FailGitRequests, value); }

    /// <summary>Pushes whose connection is cut after the build, although the release is made (counts).</summary>
    public int CutPushes { get => Get(Fault.CutPushes); set => Set(Fault.CutPushes, value); }

    /// <summary>Deletions of SSH keys answered with 500, the key staying (counts).</summary>
    public int FailKeyDeletions { get => Get(Fault.FailKeyDeletions); set => Set(Fault.FailKeyDeletions, value); }

    /// <summary>Requests that the router answers with H12 instead of asking a dyno (counts).</summary>
    public int TimeOutRequests { get => Get(Fault.TimeOutRequests); set => Set(Fault.TimeOutRequests, value); }

    /// <summary>Turns every switch off, and sets what goes with them back to its default.</summary>
    public void Clear()
    {
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            Set(fault, 0);
        }

        BuildDelay = TimeSpan.Zero;
        SpoilSeed = 0;
        SpoilRate = 0;
        SpoilHang = DefaultSpoilHang;
        RequestFilter = "";
    }

    /// <summary>Decides about one request.</summary>
    internal Spoil DrawSpoil()
    {
        lock (_chance)
        {
            return _spoilRate > 0 && _random.NextDouble() < _spoilRate ? (Spoil)_random.Next((int)Spoil.RateLimit, (int)Spoil.Hang + 1) : Spoil.None;
        }
    }

    internal static bool IsOnOff(Fault fault) => fault
        is Fault.SuspendAccount or Fault.DelinquentAccount or Fault.RequireTwoFactor or Fault.EventStreamsOnly or Fault.PlainStreamsOnly;

    internal int Get(Fault fault) => Volatile.Read(ref _counts[(int)fault]);

    internal void Set(Fault fault, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, -1);
        Volatile.Write(ref _counts[(int)fault], count);
    }

    /// <summary>Uses a switch up by one; false when it is off.</summary>
    internal bool Take(Fault fault)
    {
        while (true)
        {
            int left = Get(fault);
            if (left <= 0)
            {
                return left < 0;
            }

            if (Interlocked.CompareExchange(ref _counts[(int)fault], left - 1, left) == left)
            {
                return true;
            }
        }
    }
}
