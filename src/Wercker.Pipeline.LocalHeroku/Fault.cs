namespace Wercker.Pipeline.LocalHeroku;

/// <summary>The counting and on-off switches of <see cref="LocalHerokuFaults"/>, named like its properties.</summary>
internal enum Fault
{
    FailBuilds,
    HangBuilds,
    FailReleasePhases,
    HangReleasePhases,
    ReleasesNotCurrent,
    CrashDynos,
    StuckDynos,
    RateLimitRequests,
    FailRequests,
    LoseAnswers,
    IgnoreMaintenance,
    IgnoreRestarts,
    ConflictDynos,
    RefuseRendezvous,
    DropRendezvous,
    TerminalOutput,
    LoseLogLines,
    ExpireLogSessions,
    CutLogStreams,
    CutOutputStreams,
    FailGitRequests,
    CutPushes,
    FailKeyDeletions,
    TimeOutRequests,
    SuspendAccount,
    DelinquentAccount,
    RequireTwoFactor,
}
