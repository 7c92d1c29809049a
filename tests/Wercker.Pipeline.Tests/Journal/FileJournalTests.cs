using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Tests.Reports;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Journal;

public sealed class FileJournalTests : IDisposable
{
    private readonly string _state = Path.Combine(Path.GetTempPath(), $"wercker-state-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, true);
        }
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileEvents)], MaxTest = 60)]
    public async Task ReadAsync_WhatWasAppended_IsTheSame(DeployEvent[] events)
    {
        var id = $"r{Guid.NewGuid():N}";
        events = [.. events.Select((e, i) => e with { DeploymentId = id, Sequence = i + 1 })];
        var journal = await WriteAsync(events);

        var read = await journal.ReadAsync(id, CancellationToken.None).ToListAsync();

        Assert.That(read, Has.Count.EqualTo(events.Length));
        foreach (var (one, other) in read.Zip(events))
        {
            AssertSame(one, other);
        }
    }

    [Test]
    public async Task ReadAsync_WholeDeployment_FoldsIntoTheSameReport()
    {
        var events = ReportSamples.Failed();
        var journal = await WriteAsync(events);

        var report = DeployReport.FromEvents(await journal.ReadAsync("r1", CancellationToken.None).ToListAsync());

        Assert.That(JsonReportTests.Write(report), Is.EqualTo(JsonReportTests.Write(DeployReport.FromEvents(events))));
    }

    [Test]
    public async Task ReadAsync_StoredNull_IsStillAStoredValue()
    {
        using var json = JsonDocument.Parse("null");
        var stored = Bare("r1") with { Kind = DeployEventKind.ValueStored, Key = "k", Value = json.RootElement };
        var journal = await WriteAsync([stored]);

        var read = await journal.ReadAsync("r1", CancellationToken.None).ToListAsync();

        Assert.That(read.Single().Value?.ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task ReadAsync_UnknownDeployment_HasNoEvents()
    {
        var journal = new FileJournal(_state);

        Assert.That(await journal.ReadAsync("unknown", CancellationToken.None).ToListAsync(), Is.Empty);
        Assert.That(await journal.ListAsync(CancellationToken.None).ToListAsync(), Is.Empty);
        Assert.That(_state, Does.Not.Exist, "reading leaves no trace");
    }

    [Test]
    public async Task ReadAsync_FileCutAnywhere_GivesTheWholeLinesBeforeTheCut()
    {
        var events = ReportSamples.Failed().Take(4).ToList();
        var journal = await WriteAsync(events);
        var whole = await File.ReadAllBytesAsync(JournalPath);
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(JournalPath, whole[..length]);

            var read = await journal.ReadAsync("r1", CancellationToken.None).CountAsync();

            Assert.That(read, Is.EqualTo(whole.Take(length).Count(b => b == (byte)'\n')), $"cut at {length}");
        }
    }

    [Test]
    public async Task AppendAsync_AfterATornLine_PutsTheNextEventInItsPlace()
    {
        var events = ReportSamples.Failed();
        var journal = await WriteAsync(events.Take(3));
        await File.AppendAllTextAsync(JournalPath, new string('{', 2_000));

        await journal.AppendAsync(events[3], CancellationToken.None);

        var read = await journal.ReadAsync("r1", CancellationToken.None).ToListAsync();
        Assert.That(read.Select(e => e.Sequence), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(await File.ReadAllTextAsync(JournalPath), Does.EndWith("}\n"), "nothing of the torn line is left");
    }

    [Test]
    public async Task AppendAsync_FirstLineTorn_StartsAnew()
    {
        var events = ReportSamples.Failed();
        Directory.CreateDirectory(Path.GetDirectoryName(JournalPath)!);
        await File.WriteAllTextAsync(JournalPath, "{\"deploymentId\":");

        var journal = await WriteAsync(events.Take(1));

        Assert.That(await journal.ReadAsync("r1", CancellationToken.None).CountAsync(), Is.EqualTo(1));
    }

    [TestCase("garbage")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("{\"deploymentId\":\"r1\",\"sequence\":\"x\"}")]
    public async Task ReadAsync_DamagedLineInTheMiddle_GivesTheEarlierOnesAndNamesTheLine(string damage)
    {
        var journal = await WriteAsync(ReportSamples.Failed());
        var lines = await File.ReadAllLinesAsync(JournalPath);
        lines[2] = damage;
        await File.WriteAllLinesAsync(JournalPath, lines);

        var read = new List<DeployEvent>();
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var e in journal.ReadAsync("r1", CancellationToken.None))
            {
                read.Add(e);
            }
        });

        Assert.That(read, Has.Count.EqualTo(2));
        Assert.That(error!.Message, Does.StartWith($"{JournalPath}:3: "));
        Assert.That(await journal.ListAsync(CancellationToken.None).ToListAsync(), Is.EqualTo(new[] { "r1" }));
    }

    [TestCase("../escape")]
    [TestCase("a/b")]
    [TestCase("a\\b")]
    [TestCase(".hidden")]
    [TestCase("..")]
    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a\n")]
    public void AnyMethod_IdThatIsNoName_Throws(string id)
    {
        var journal = new FileJournal(_state);

        Assert.Multiple(() =>
        {
            Assert.That(async () => await journal.AppendAsync(Bare(id), CancellationToken.None), Throws.ArgumentException);
            Assert.That(() => journal.ReadAsync(id, CancellationToken.None), Throws.ArgumentException);
            Assert.That(() => journal.GetLogPath(id), Throws.ArgumentException);
            Assert.That(_state, Does.Not.Exist);
        });
    }

    [Test]
    public async Task ListAsync_SeveralDeployments_AreNewestFirst()
    {
        var journal = new FileJournal(_state);
        foreach (var (id, minute) in new[] { ("b", 1), ("z", 0), ("a", 2), ("c", 1) })
        {
            await journal.AppendAsync(Bare(id) with { At = ReportSamples.Noon.AddMinutes(minute) }, CancellationToken.None);
        }

        Directory.CreateDirectory(Path.Combine(journal.RunsDirectory, "only-a-log"));

        Assert.That(await journal.ListAsync(CancellationToken.None).ToListAsync(), Is.EqualTo(new[] { "a", "c", "b", "z" }));
    }

    [Test]
    public async Task AppendAsync_OnUnix_KeepsOthersOut()
    {
        var journal = await WriteAsync(ReportSamples.Failed());
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.That(File.GetUnixFileMode(JournalPath), Is.EqualTo(Owner));
            Assert.That(File.GetUnixFileMode(Path.GetDirectoryName(JournalPath)!), Is.EqualTo(Owner | UnixFileMode.UserExecute));
            Assert.That(File.GetUnixFileMode(journal.RunsDirectory), Is.EqualTo(Owner | UnixFileMode.UserExecute));
        }

        Assert.That(journal.GetLogPath("r1"), Is.EqualTo(Path.Combine(_state, "runs", "r1", "deploy.log")));
    }

    [Test]
    public async Task AppendAsync_ManyDeploymentsAndReadersAtOnce_LosesNothing()
    {
        var journal = new FileJournal(_state);
        var other = new FileJournal(_state);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                foreach (var id in await other.ListAsync(CancellationToken.None).ToListAsync())
                {
                    await other.ReadAsync(id, CancellationToken.None).CountAsync();
                }
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(d => Task.Run(async () =>
        {
            for (var i = 1; i <= 25; i++)
            {
                await journal.AppendAsync(Bare($"d{d}") with { Sequence = i }, CancellationToken.None);
            }
        })));
        await done.CancelAsync();
        await reader;

        for (var d = 0; d < 8; d++)
        {
            var read = await journal.ReadAsync($"d{d}", CancellationToken.None).ToListAsync();
            Assert.That(read.Select(e => e.Sequence), Is.EqualTo(Enumerable.Range(1, 25)));
        }
    }

    [Test]
    public void AppendAsync_StateDirectoryIsAFile_SaysWhatToDo()
    {
        File.WriteAllText(_state, "x");
        try
        {
            Assert.That(
                async () => await new FileJournal(_state).AppendAsync(Bare("r1"), CancellationToken.None),
                Throws.InstanceOf<ConfigurationException>().With.Message.Contains(_state));
        }
        finally
        {
            File.Delete(_state);
        }
    }

    private string JournalPath => Path.Combine(_state, "runs", "r1", "journal.jsonl");

    private static DeployEvent Bare(string id) =>
        new() { DeploymentId = id, Sequence = 1, At = ReportSamples.Noon, Kind = DeployEventKind.Warning, Message = "m" };

    private async Task<FileJournal> WriteAsync(IEnumerable<DeployEvent> events)
    {
        var journal = new FileJournal(_state);
        foreach (var e in events)
        {
            await journal.AppendAsync(e, CancellationToken.None);
        }

        return journal;
    }

    private static void AssertSame(DeployEvent actual, DeployEvent expected)
    {
        Assert.That(Flat(actual), Is.EqualTo(Flat(expected)));
        Assert.That(actual.Value is { } one ? one.GetRawText() : null, Is.EqualTo(expected.Value is { } other ? other.GetRawText() : null));
        Assert.That(actual.Evidence.Select(e => e with { Data = null }), Is.EqualTo(expected.Evidence.Select(e => e with { Data = null })));
        Assert.That(actual.Evidence.Zip(expected.Evidence).All(pair => JsonNode.DeepEquals(pair.First.Data, pair.Second.Data)));
        Assert.That(actual.Header?.Steps, Is.EqualTo(expected.Header?.Steps));
        Assert.That(actual.Header?.Environment.ToList(), Is.EqualTo(expected.Header?.Environment.ToList()));

        // Lists and JSON are compared by what they hold, above; the rest of a record compares itself.
        static DeployEvent Flat(DeployEvent e) => e with { Evidence = NoEvidence, Value = null, Header = e.Header is null ? null : e.Header with { Steps = NoSteps, Environment = NoEnvironment } };
    }

    private static readonly IReadOnlyList<Evidence> NoEvidence = [];
    private static readonly IReadOnlyList<string> NoSteps = [];
    private static readonly IReadOnlyDictionary<string, string> NoEnvironment = new Dictionary<string, string>();
}
