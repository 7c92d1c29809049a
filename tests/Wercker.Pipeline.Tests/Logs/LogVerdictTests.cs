using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Logs;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.

namespace Wercker.Pipeline.Tests.Logs;

public sealed class LogVerdictTests
{
    // The table of docs/log-tests.md, row by row: hit, unasked, lost, blind, incomparable, alive.
    [TestCase(true, false, false, false, false, true, LogOutcome.Hit)]
    [TestCase(true, true, true, true, true, false, LogOutcome.Hit)]
    [TestCase(false, true, false, false, false, true, LogOutcome.Unasked)]
    [TestCase(false, true, true, true, true, false, LogOutcome.Unasked)]
    [TestCase(false, false, true, false, false, true, LogOutcome.Lost)]
    [TestCase(false, false, true, true, true, false, LogOutcome.Lost)]
    [TestCase(false, false, false, true, false, true, LogOutcome.Blind)]
    [TestCase(false, false, false, true, true, false, LogOutcome.Blind)]
    [TestCase(false, false, false, false, true, true, LogOutcome.Incomparable)]
    [TestCase(false, false, false, false, false, false, LogOutcome.Silent)]
    [TestCase(false, false, false, false, false, true, LogOutcome.Passed)]
    public void Of_WhatWasSeen_FollowsTheTable(bool hit, bool unasked, bool lost, bool blind, bool incomparable, bool alive, object outcome) =>
        Assert.That(LogVerdict.Of(new LogSight(hit, unasked, lost, blind, incomparable, alive)), Is.EqualTo(outcome));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Of_AnySight_PassesOnlyWhatWasSeenAndFailsOnlyWhatWasFound(bool hit, bool unasked, bool lost, bool blind, bool incomparable, bool alive)
    {
        var outcome = LogVerdict.Of(new LogSight(hit, unasked, lost, blind, incomparable, alive));
        return hit == (outcome == LogOutcome.Hit)
            && (outcome == LogOutcome.Passed) == (alive && !hit && !unasked && !lost && !blind && !incomparable);
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Of_AnyOutcomesAndPolicies_NeverSucceedsWithoutEvidence(byte[] outcomes, bool warnNoData, bool warnInconclusive, bool warnError)
    {
        var all = outcomes.Select(number => (LogOutcome)(number % 7)).ToArray();
        var verdict = LogVerdict.Of(all.Select(outcome => LogVerdict.StatusOf(outcome, CheckRole.Critical, new EvidencePolicy(warnNoData, warnInconclusive, warnError))));
        var known = all.Where(outcome => outcome is LogOutcome.Passed or LogOutcome.Hit).ToArray();

        return (verdict == StepStatus.Failed == all.Contains(LogOutcome.Hit)).Label("failed exactly when something was found")
            .And((verdict != StepStatus.Succeeded || known.Length > 0).Label("succeeded without evidence"))
            .And((verdict != StepStatus.Succeeded || warnError || !all.Contains(LogOutcome.Unasked)).Label("succeeded although a source could not be asked"))
            .And((verdict != StepStatus.Succeeded || warnNoData || !all.Contains(LogOutcome.Silent)).Label("succeeded although a source was silent"))
            .And((verdict != StepStatus.Succeeded || warnInconclusive || !all.Any(one => one is LogOutcome.Lost or LogOutcome.Blind or LogOutcome.Incomparable)).Label("succeeded although lines were missing"))
            .And((all.Length > 0 || verdict == StepStatus.Skipped).Label("no check at all is no verdict"));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool StatusOf_DegradedCheck_PassesOrWarnsAndNeverDecidesAgainst(byte outcome, bool warnNoData, bool warnInconclusive, bool warnError)
    {
        var found = (LogOutcome)(outcome % 7);
        var status = LogVerdict.StatusOf(found, CheckRole.Degraded, new EvidencePolicy(warnNoData, warnInconclusive, warnError));
        return found == LogOutcome.Passed ? status == StepStatus.Succeeded : status is null;
    }
}
