using System.Text;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;
using static Wercker.Pipeline.Loggly.Tests.Account;

namespace Wercker.Pipeline.Loggly.Tests;

/// <summary>Deployments whose log is in Loggly, from the line that the application sends to the verdict.</summary>
public sealed class LogTestTests
{
    // The clock runs on while a request takes its real time.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(30);
    private readonly FakeTimeProvider _clock = new(Noon);

    [Test]
    public async Task LogTest_ErrorStillOnItsWayWhenTheWindowEnds_IsWaitedForAndFails()
    {
        await using var account = await OpenAsync(_clock);
        account.Server.IndexingLag = TimeSpan.FromSeconds(40);
        var step = await DeployAsync(test => test.From(account.Source(), "json.level:error"), at => at == 175 ? SendAsync(account, """{"level":"error","text":"boom"}""") : Task.CompletedTask);

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed), step.Message);
    }

    [Test]
    public async Task LogTest_CanaryComesThrough_ProvesTheSilentLogAlive()
    {
        await using var account = await OpenAsync(_clock);
        account.Server.IndexingLag = TimeSpan.FromSeconds(40);
        var step = await DeployAsync(test => test.From(account.Source(), "json.level:error").Canary(async (_, token, _) => await SendAsync(account, $$"""{"level":"info","canary":"{{token}}"}"""), Patience));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded), step.Message);
    }

    [Test]
    public async Task LogTest_IngestionIsDead_IsInconclusive()
    {
        await using var account = await OpenAsync(_clock);
        account.Server.IndexingLag = TimeSpan.FromHours(1);
        var step = await DeployAsync(test => test.From(account.Source(), "json.level:error").Canary(async (_, token, _) => await SendAsync(account, token)));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Inconclusive), step.Message);
    }

    [Test]
    public async Task LogTest_NewException_FailsWithItsSignature()
    {
        await using var account = await OpenAsync(_clock);
        account.Server.Add([.. Enumerable.Range(1, 500).Select(i => new LogEntry(Noon.AddSeconds(-i), $"ERROR order {i}: TimeoutException after {i} ms"))]);
        account.Server.Add(new LogEntry(Noon.AddSeconds(20), "ERROR order 9: TimeoutException after 8 ms"), new LogEntry(Noon.AddSeconds(30), "ERROR order 10: VaultClosedException"));
        var step = await DeployAsync(test => test.FailOnNewSignatures(account.Source()));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(step.Message, Does.Contain("VaultClosedException").And.Not.Contain("TimeoutException"));
    }

    [Test]
    public async Task LogTest_TokenRefused_IsAnErrorWithoutTheToken()
    {
        await using var account = await OpenAsync(_clock);
        var source = new LogglyLogSource(account.Http, new LogglyOptions { Url = account.Server.Url, Token = new Secrets.Secret("a-token-that-is-wrong") });
        var step = await DeployAsync(test => test.From(source, "error"));

        Assert.That(step.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(step.Message + step.Error, Does.Contain("401").And.Not.Contain("a-token-that-is-wrong"));
    }

    private static async Task SendAsync(Account account, string line)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(account.Server.Url, $"inputs/{account.Server.CustomerToken}/tag/shop/"), new StringContent(line, Encoding.UTF8));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Moves the clock on second by second; requests in between take their real time.</summary>
    private async Task<StepReport> DeployAsync(Action<LogTest> configure, Func<int, Task>? eachSecond = null)
    {
        var run = new StepHarness { Services = new PipelineServices { TimeProvider = _clock } }.RunAsync(builder => builder.AddLogTest(configure));
        for (var second = 0; !run.IsCompleted; second++)
        {
            if (eachSecond is not null)
            {
                await eachSecond(second);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await run;
    }
}
