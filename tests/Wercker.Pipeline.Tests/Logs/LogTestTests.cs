using Microsoft.Extensions.Time.Testing;
using Moq;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Tests.Logs.LogTestRun;

namespace Wercker.Pipeline.Tests.Logs;

public sealed class LogTestTests
{
    private const string Alive = "GET / 200";

    private static FakeLogSource Down(string message = "401") => new() { Failure = new IOException(message) };

    [Test]
    public async Task From_NoHitAndALiveSource_Succeeds() =>
        Assert.That((await RunAsync(test => test.From(Log((60, Alive)), "error"))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task From_NoHitAndASilentSource_IsInconclusive()
    {
        var step = await RunAsync(test => test.From(Log((-60, Alive), (200, Alive)), "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That(step.Message, Does.Contain("silent"));
    }

    [Test]
    public async Task From_HitAndLostLines_Fails()
    {
        var log = Log((60, "error")).Add(new LogEntry(Start.AddSeconds(61), "dropped 5 messages") { Lost = true });
        log.Matches = (query, entry) => entry.Lost || entry.Message.Contains(query.Text, StringComparison.Ordinal);

        Assert.That((await RunAsync(test => test.From(log, "error"))).Status, Is.EqualTo(StepStatus.Failed));
    }

    [Test]
    public async Task From_LostLinesWithoutAHit_IsInconclusiveAndSaysWhatWasLost()
    {
        var log = Log((60, Alive)).Add(new LogEntry(Start.AddSeconds(61), "dropped 5 messages") { Lost = true });
        log.Matches = (query, entry) => entry.Lost || entry.Message.Contains(query.Text, StringComparison.Ordinal);
        var step = await RunAsync(test => test.From(log, "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That(step.Message, Does.Contain("dropped 5 messages"));
    }

    [Test]
    public async Task From_OneSourceDownAndAHitInAnother_FailsAndShowsBoth()
    {
        var step = await RunAsync(test => test.From(Down(), "error").From(Log((60, "error: boom")), "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(step.Message, Does.Contain("1 entry").And.Contain("401"));
        Assert.That(step.Evidence, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task From_SourceDown_IsAnErrorWithItsException()
    {
        var step = await RunAsync(test => test.From(Down(), "error").From(Log((60, Alive)), "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(step.Message, Does.Contain("could not be asked").And.Contain("401"));
    }

    [TestCase(false, ExpectedResult = StepStatus.Error)]
    [TestCase(true, ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> ContinueOnError_OtherSourceSawAllIsWell_FollowsThePolicy(bool goesOn) =>
        (await RunAsync(test => _ = goesOn ? test.From(Down(), "error").From(Log((60, Alive)), "error").ContinueOnError() : test.From(Down(), "error").From(Log((60, Alive)), "error"))).Status;

    [Test]
    public async Task ContinueOnNoData_NothingWasSeenAtAll_IsSkippedAndNotSucceeded() =>
        Assert.That((await RunAsync(test => test.From(Log(), "error").ContinueOnNoData())).Status, Is.EqualTo(StepStatus.Skipped));

    [Test]
    public async Task Maximum_OfOneQuery_LeavesTheOthersAlone()
    {
        var log = Log((60, "warning"), (61, "warning"), (62, "error"));

        Assert.That((await RunAsync(test => test.From(log, "warning", maximum: 2).From(log, "fatal"))).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That((await RunAsync(test => test.From(log, "warning", maximum: 2).From(log, "error"))).Status, Is.EqualTo(StepStatus.Failed));
    }

    [Test]
    public async Task Ignore_MatchingEntries_CountForNothingButShowThatTheSourceLives() =>
        Assert.That((await RunAsync(test => test.From(Log((60, "error: robots.txt")), "error").Ignore("robots[.]txt"))).Status, Is.EqualTo(StepStatus.Succeeded));

    [TestCase(4, 9, ExpectedResult = StepStatus.Succeeded, TestName = "FailOnIncrease_FewerThanTheMinimum_Succeeds")]
    [TestCase(10, 19, ExpectedResult = StepStatus.Succeeded, TestName = "FailOnIncrease_LessThanTheFactor_Succeeds")]
    [TestCase(10, 21, ExpectedResult = StepStatus.Failed, TestName = "FailOnIncrease_MoreThanTheFactor_Fails")]
    [TestCase(0, 10, ExpectedResult = StepStatus.Inconclusive, TestName = "FailOnIncrease_NothingBefore_IsInconclusive")]
    public async Task<StepStatus> FailOnIncrease(int before, int after)
    {
        var entries = Enumerable.Range(0, before).Select(i => (-170 + i, "error")).Concat(Enumerable.Range(0, after).Select(i => (10 + i, "error"))).ToArray();
        return (await RunAsync(test => test.FailOnIncrease(Log(entries), "error"))).Status;
    }

    [Test]
    public async Task FailOnIncrease_NoErrorBeforeButTheSourceLived_Fails()
    {
        var entries = Enumerable.Range(0, 10).Select(i => (10 + i, "error")).Append((-100, Alive)).ToArray();

        Assert.That((await RunAsync(test => test.FailOnIncrease(Log(entries), "error"))).Status, Is.EqualTo(StepStatus.Failed));
    }

    [Test]
    public async Task FailOnIncrease_Window_HasTheSameLengthAndEndsWithTheStart()
    {
        var entries = Enumerable.Range(0, 12).Select(i => (10 + i, "error")).ToArray();
        var log = Log(entries);
        await RunAsync(test => test.FailOnIncrease(log, "error"));

        Assert.That(log.Queries, Has.One.EqualTo(new SourceQuery("error", Start.AddMinutes(-3), Start)));
    }

    [Test]
    public async Task FailOnNewSignatures_OldAndNewErrors_FailsForTheNewOnesWithSamples()
    {
        var log = Log(
            (-2100, "ERROR order 17: java.io.IOException: disk"), (-200, "INFO ready"),
            (60, "ERROR order 18: java.io.IOException: disk"), (70, "ERROR order 19: java.lang.NullPointerException: no card"), (71, "ERROR order 20: java.lang.NullPointerException: no card"));
        var step = await RunAsync(test => test.FailOnNewSignatures(log));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(step.Message, Does.Contain("NullPointerException").And.Contain("2 times").And.Not.Contain("IOException"));
        var signature = step.Evidence.Single().Data!["signatures"]!.AsArray().Single()!;
        Assert.That((int)signature["count"]!, Is.EqualTo(2));
        Assert.That(signature["samples"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [TestCase(-2100, "ERROR order 19: java.lang.NullPointerException: no card", StepStatus.Failed, "NullPointerException")]
    [TestCase(-1000, "ERROR order 19: java.lang.NullPointerException: no card", StepStatus.Inconclusive, "4.4 times the window of before was seen, 10 times are needed. Set \"baseline\" to 30 minutes or more")]
    [TestCase(-11000, "ERROR the printer is on fire", StepStatus.Failed, "printer is on fire")]
    [TestCase(-2100, "ERROR the printer is on fire", StepStatus.Inconclusive, "10.6 times the window of before was seen, 60 times are needed. Set \"baseline\" to 180 minutes or more")]
    [TestCase(-1000, "INFO all is well", StepStatus.Succeeded, "no new error")]
    public async Task FailOnNewSignatures_LogThatGoesBackSoFar_FailsOnlyForWhatIsKnownToBeNews(int first, string line, StepStatus expected, string words)
    {
        var log = Log((first, "ERROR order 17 was declined"), (-200, "INFO ready"), (60, line));
        var step = await RunAsync(test => test.FailOnNewSignatures(log).CompareWith(TimeSpan.FromHours(4)));

        Assert.That(step.Status, Is.EqualTo(expected), step.Message);
        Assert.That(step.Message, Does.Contain(words));
    }

    [Test]
    public async Task FailOnNewSignatures_QueryThatFoundNothingInThreeHours_KnowsThatAnErrorIsNew()
    {
        var log = Log((-5000, Alive), (60, "ERROR the printer is on fire"));

        Assert.That((await RunAsync(test => test.FailOnNewSignatures(log, "ERROR"))).Status, Is.EqualTo(StepStatus.Failed));
    }

    [Test]
    public async Task FailOnNewSignatures_NothingBefore_IsInconclusive() =>
        Assert.That((await RunAsync(test => test.FailOnNewSignatures(Log((60, "ERROR x: KeyError: 5"))))).Status, Is.EqualTo(StepStatus.Inconclusive));

    [Test]
    public async Task FailOnNewSignatures_NoErrorAtAll_SucceedsWithoutAnythingBefore() =>
        Assert.That((await RunAsync(test => test.FailOnNewSignatures(Log((60, Alive))))).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task FailOnNewSignatures_EmptyWindow_IsInconclusive() =>
        Assert.That((await RunAsync(test => test.FailOnNewSignatures(Log((-60, Alive))))).Status, Is.EqualTo(StepStatus.Inconclusive));

    [Test]
    public async Task Canary_Arrives_ProvesASilentSourceAlive()
    {
        var clock = new FakeTimeProvider(Start);
        var log = Log();
        var step = await RunAsync(
            test => test.From(log, "error").Canary((_, token, _) =>
            {
                log.Add(new LogEntry(clock.GetUtcNow(), $"canary {token}"));
                return ValueTask.CompletedTask;
            }),
            clock);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded));
    }

    [Test]
    public async Task Canary_NeverArrives_IsInconclusiveAfterTheDeadline()
    {
        var clock = new FakeTimeProvider(Start);
        var step = await RunAsync(test => test.From(Log((60, Alive)), "error").Canary((_, _, _) => ValueTask.CompletedTask, TimeSpan.FromSeconds(30)), clock);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive));
        Assert.That(step.Message, Does.Contain("canary"));
        Assert.That(clock.GetUtcNow(), Is.GreaterThanOrEqualTo(Start.AddSeconds(210)));
    }

    [Test]
    public async Task Canary_CannotBeSent_IsAnError() =>
        Assert.That((await RunAsync(test => test.From(Log((60, Alive)), "error").Canary((_, _, _) => throw new IOException("no route")))).Status, Is.EqualTo(StepStatus.Error));

    [Test]
    public async Task Settle_LinesAreStillOnTheirWay_AreWaitedForAndNothingBeyondTheWindowIsRead()
    {
        var clock = new FakeTimeProvider(Start);
        var log = Log((60, Alive), (200, "error beyond the window"));
        var readAt = new List<DateTimeOffset>();
        log.Matches = (query, entry) =>
        {
            readAt.Add(clock.GetUtcNow());
            return entry.Message.Contains(query.Text, StringComparison.Ordinal);
        };
        var step = await RunAsync(test => test.From(log, "error").Settle(TimeSpan.FromSeconds(45)), clock);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(readAt, Has.All.GreaterThanOrEqualTo(Start.AddSeconds(225)));
        Assert.That(log.Queries, Has.All.Property(nameof(SourceQuery.Until)).LessThanOrEqualTo(Start.AddSeconds(185)));
    }

    [Test]
    public async Task ObserveOnly_Hits_AreReportedAndDecideNothing()
    {
        var step = await RunAsync(test => test.From(Log((60, Alive)), "fatal").From(Log((60, "error")), "error").ObserveOnly());

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(step.Evidence.Select(one => one.Title), Has.One.Contains("observed only"));
    }

    [Test]
    public async Task ObserveOnly_Alone_IsSkippedAndSaysWhatWouldHaveBeen()
    {
        var step = await RunAsync(test => test.From(Log((60, "error")), "error").ObserveOnly());

        Assert.That(step.Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(step.Message, Does.Contain("1 entry"));
    }

    [Test]
    public async Task Degraded_Hits_WarnAndTheOtherChecksDecide()
    {
        var step = await RunAsync(test => test.From(Log((60, "error")), "error").Degraded().From(Log((60, Alive)), "fatal"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(step.Message, Does.Contain("warning: 1 entry"));
        Assert.That(step.Evidence.Select(one => one.Title), Has.One.Contains("(degraded)"));
    }

    [Test]
    public async Task Degraded_CriticalOneHitsToo_Fails() =>
        Assert.That((await RunAsync(test => test.From(Log((60, "error")), "error").Degraded().From(Log((60, "fatal")), "fatal"))).Status, Is.EqualTo(StepStatus.Failed));

    [Test]
    public async Task Degraded_NothingElseWasSeen_IsSkippedAndNotSucceeded()
    {
        var step = await RunAsync(test => test.From(Log((60, "error")), "error").Degraded());

        Assert.That(step.Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(step.Message, Does.Contain("nothing was proven: 1 entry"));
    }

    [Test]
    public async Task Degraded_Passes_IsEvidence() =>
        Assert.That((await RunAsync(test => test.From(Log((60, Alive)), "error").Degraded())).Status, Is.EqualTo(StepStatus.Succeeded));

    [Test]
    public async Task Secrets_OfASource_AreMaskedInTheDeployment()
    {
        var log = new Mock<ILogSource>();
        log.Setup(one => one.Name).Returns("log");
        log.Setup(one => one.Secrets).Returns([new Secret("tok-5up3rs3cr3t")]);
        log.Setup(one => one.ReadAsync(It.IsAny<SourceQuery>(), It.IsAny<CancellationToken>())).Throws(() => new IOException("refused tok-5up3rs3cr3t"));

        var step = await RunAsync(test => test.From(log.Object, "error"));

        Assert.That(step.Message, Does.Contain("refused ***").And.Not.Contain("tok-5up3rs3cr3t"));
    }

    [Test]
    public void Degraded_NoCheckYet_IsRefused() => Assert.That(() => new LogTest().Degraded(), Throws.TypeOf<ConfigurationException>());

    [Test]
    public void Settings_Impossible_AreRefused()
    {
        var log = Log();
        Assert.That(() => new LogTest().From(log, "x", maximum: -1), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().FailOnIncrease(log, "x", factor: 1), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().FailOnIncrease(log, "x", minimum: 0), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().FailOnNewSignatures(log, minimum: 0), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().CompareWith(TimeSpan.Zero), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().Settle(TimeSpan.FromSeconds(-1)), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().Ignore("("), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new LogTest().Canary((_, _, _) => ValueTask.CompletedTask, TimeSpan.Zero), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => LogTest.FromFile(" "), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => LogTest.FromCommand(""), Throws.TypeOf<ConfigurationException>());
    }
}
