using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Tests.Logs.Lines;

public sealed class LogFileTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Folder = Directory.CreateTempSubdirectory("log-file-").FullName;
    private readonly string _path = Path.Combine(Folder, $"{Guid.NewGuid():N}.log");

    private static IEnumerable<ContractRule> Rules => new LogSourceContract(
        (entries, _) =>
        {
            var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.log");
            File.WriteAllLines(path, entries.Select(entry => $"{entry.At:yyyy-MM-dd HH:mm:ss.fff} {entry.Message}"));
            return ValueTask.FromResult(LogTest.FromFile(path, TimeZoneInfo.Utc));
        },
        _ => ValueTask.FromResult(LogTest.FromFile(Path.Combine(Folder, "nothing.log")))).Rules;

    [OneTimeTearDown]
    public static void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    [TestCaseSource(nameof(Rules))]
    public Task LogFile_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [Test]
    public async Task ReadAsync_StackTrace_IsOneEntry()
    {
        Write("2026-03-01 12:00:01 ERROR no card", "java.lang.NullPointerException: null", "\tat shop.Cart.pay(Cart.java:5)", "2026-03-01 12:00:02 INFO next");

        var entries = await ReadAsync("error");
        Assert.That(entries.Single().Message, Is.EqualTo("ERROR no card\njava.lang.NullPointerException: null\n\tat shop.Cart.pay(Cart.java:5)"));
    }

    [Test]
    public async Task ReadAsync_Query_IsARegularExpressionInAnyCase()
    {
        Write("2026-03-01 12:00:01 Error 1", "2026-03-01 12:00:02 FATAL 2", "2026-03-01 12:00:03 info 3");

        Assert.That((await ReadAsync("error|fatal")).Select(entry => entry.Message), Is.EqualTo(new[] { "Error 1", "FATAL 2" }));
    }

    [Test]
    public async Task ReadAsync_RotatedFile_IsReadFirst()
    {
        Write("2026-03-01 12:00:02 second");
        File.WriteAllText(_path + ".1", "2026-03-01 12:00:01 first\n");

        Assert.That((await ReadAsync()).Select(entry => entry.Message), Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public async Task ReadAsync_RotatedWhileItIsRead_LosesNothing()
    {
        File.WriteAllLines(_path, Enumerable.Range(0, 5000).Select(i => $"2026-03-01 12:00:{i / 100:00} old {i}"));
        var read = new List<string>();
        await foreach (var entry in LogTest.FromFile(_path, TimeZoneInfo.Utc).ReadAsync(new SourceQuery("", Noon, Noon.AddMinutes(2)), CancellationToken.None))
        {
            read.Add(entry.Message);
            if (read.Count == 10)
            {
                File.Move(_path, _path + ".1");
                Write("2026-03-01 12:01:00 new");
            }
        }

        Assert.That(read, Has.Count.EqualTo(5001));
        Assert.That(read[^1], Is.EqualTo("new"));
    }

    [Test]
    public async Task ReadAsync_LineWithoutEnd_IsCutAndTheNextIsRead()
    {
        Write("2026-03-01 12:00:01 " + new string('x', 3_000_000), "2026-03-01 12:00:02 next");

        Assert.That((await ReadAsync()).Select(entry => entry.Message.Length), Is.EqualTo(new[] { (1 << 20) - 20, 4 }));
    }

    [Test]
    public void ReadAsync_NoTimesAndNoMark_Throws()
    {
        Write("started", "error");

        Assert.That(() => ReadAsync(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("have no time"));
    }

    [Test]
    public async Task LogTest_FileWithoutTimes_LooksOnlyAtWhatWasWrittenSinceTheStart()
    {
        Write("error of yesterday");
        Assert.That(await DeployAndWriteAsync("all is fine"), Is.EqualTo(StepStatus.Succeeded));
        Assert.That(await DeployAndWriteAsync("error of today"), Is.EqualTo(StepStatus.Failed));
    }

    private async Task<StepStatus> DeployAndWriteAsync(string line)
    {
        var clock = new FakeTimeProvider(Noon);
        var run = new DeployPipelineBuilder("shop", new PipelineServices { TimeProvider = clock })
            .UseTarget(new FakeTarget())
            .AddWerckerFlow(flow => flow.LogTest(test => test.From(LogTest.FromFile(_path), "error")))
            .Build()
            .DeployAsync(new DeployRequest("shop", "1"), CancellationToken.None);
        for (var isWritten = false; !run.IsCompleted; await Task.Yield())
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            if (!isWritten && clock.GetUtcNow() > Noon.AddSeconds(60))
            {
                await File.AppendAllLinesAsync(_path, [line]);
                isWritten = true;
            }
        }

        return (await run).Steps.Single(step => step.Name == "LogTest").Status;
    }

    [Test]
    public async Task FailOnNewSignatures_FileOfAPastDeployment_FindsTheInjectedException()
    {
        File.WriteAllLines(_path, Enumerable.Range(0, 3000).Select(i => $"{Noon.AddSeconds(i - 2400):yyyy-MM-dd HH:mm:ss} {(i % 7 == 0 ? "ERROR" : "INFO")} worker-{i % 5} order {i}: card {Guid.NewGuid()} declined"));
        var window = new TestWindow(Noon, Noon, Noon.AddMinutes(3));
        async Task<StepReport> VerifyAsync() => await new StepHarness().RunAsync(builder => builder.AddLogTest(test => test.FailOnNewSignatures(LogTest.FromFile(_path, TimeZoneInfo.Utc)).Over(window)));

        Assert.That((await VerifyAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
        File.AppendAllText(_path, "2026-03-01 12:01:00 ERROR worker-1 order 77: broken\nShop.VaultClosedException: at night\n   at Shop.Vault.Open()\n");
        var step = await VerifyAsync();
        Assert.That(step.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(step.Evidence.Single().Data!["signatures"]![0]!["exceptions"]![0]!.ToString(), Is.EqualTo("VaultClosedException"));
    }

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines);

    private async Task<List<LogEntry>> ReadAsync(string query = "")
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in LogTest.FromFile(_path, TimeZoneInfo.Utc).ReadAsync(new SourceQuery(query, Noon, Noon.AddMinutes(2)), CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }
}
