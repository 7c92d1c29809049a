using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What every <see cref="IDeploymentJournal"/> must do.</summary>
public sealed class JournalContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Callers may choose ids, and the journal may be files on a disk that knows neither case nor slashes.
    private static readonly string[] StrangeIds = ["a", "A", "../a", "a/b", "a b", "a'b\"c", "ä-日本-🚀", "a%2Fb", "CON", "a.json", "-rf", "a\\b", "a:b*?", ".", ".."];

    private readonly Func<CancellationToken, ValueTask<IDeploymentJournal>> _create;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes an empty journal; called once per rule. The kit disposes it if it can be disposed.</param>
    /// <param name="reopen">For journals that outlive the process: opens the given journal's storage again, as after a restart. Null for others.</param>
    public JournalContract(
        Func<CancellationToken, ValueTask<IDeploymentJournal>> create,
        Func<IDeploymentJournal, CancellationToken, ValueTask<IDeploymentJournal>>? reopen = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        var rules = new List<ContractRule>
        {
            Rule("Events are read in the order in which they were appended, with everything in them", ReadsWhatWasAppendedAsync),
            Rule("An unknown deployment has no events", UnknownIsEmptyAsync),
            Rule("Deployments are listed once each, the newest first", ListsNewestFirstAsync),
            Rule("Deployments that run at once do not mix", KeepsConcurrentDeploymentsApartAsync),
            Rule("A reader beside a writer sees a beginning without gaps", ReadsWhileWritingAsync),
            Rule("Any text is kept as it is", KeepsAnyTextAsync),
            Rule("Any id is an id of its own", KeepsAnyIdAsync),
            Rule("Large evidence is kept whole", KeepsLargeEvidenceAsync),
            Rule("Reading can be canceled", CancelsReadingAsync),
            Rule("An event that is not the next one is refused", RefusesOtherThanTheNextAsync),
        };
        if (reopen is not null)
        {
            rules.Add(Rule("What was appended is there after a restart", (journal, cancellationToken) => SurvivesRestartAsync(journal, reopen, cancellationToken)));
        }

        Rules = rules;
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private ContractRule Rule(string name, Func<IDeploymentJournal, CancellationToken, Task> verify) => new(name, async cancellationToken =>
    {
        var journal = await _create(cancellationToken).ConfigureAwait(false);
        try
        {
            await verify(journal, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(journal).ConfigureAwait(false);
        }
    });

    private static async Task ReadsWhatWasAppendedAsync(IDeploymentJournal journal, CancellationToken cancellationToken) =>
        await AppendAndCompareAsync(journal, Story("deployment-1"), cancellationToken).ConfigureAwait(false);

    private static async Task UnknownIsEmptyAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        var listed = await Expect.ListAsync(journal.ListAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(listed.Count == 0, $"A fresh journal lists {listed.Count} deployment(s).");
        await AppendAsync(journal, Event("deployment-1", 1), cancellationToken).ConfigureAwait(false);
        var events = await Expect.ListAsync(journal.ReadAsync("deployment-2", cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(events.Count == 0, $"A deployment that nobody recorded has {events.Count} event(s); it must have none, and asking for it is no error.");
    }

    private static async Task ListsNewestFirstAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        string[] ids = ["20260301-0001", "20260301-0002", "20260301-0003"];
        for (var i = 0; i < ids.Length; i++)
        {
            await AppendAsync(journal, Event(ids[i], 1) with { At = Noon.AddMinutes(i) }, cancellationToken).ConfigureAwait(false);
            await AppendAsync(journal, Event(ids[i], 2) with { At = Noon.AddMinutes(i) }, cancellationToken).ConfigureAwait(false);
        }

        var listed = await Expect.ListAsync(journal.ListAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(listed.SequenceEqual(ids.Reverse()), $"Listed {string.Join(", ", listed)}; expected {string.Join(", ", ids.Reverse())}.");
    }

    private static async Task KeepsConcurrentDeploymentsApartAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(1, 8).Select(i => $"deployment-{i}").ToArray();
        await Task.WhenAll(ids.Select(id => Task.Run(() => AppendManyAsync(journal, id, 50, cancellationToken), cancellationToken))).ConfigureAwait(false);
        foreach (var id in ids)
        {
            await ExpectSequencesAsync(journal, id, 50, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ReadsWhileWritingAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        var writing = Task.Run(() => AppendManyAsync(journal, "deployment-1", 100, cancellationToken), cancellationToken);
        do
        {
            var seen = await Expect.ListAsync(journal.ReadAsync("deployment-1", cancellationToken), cancellationToken).ConfigureAwait(false);
            ExpectNoGaps(seen);
        }
        while (!writing.IsCompleted);

        await writing.ConfigureAwait(false);
        await ExpectSequencesAsync(journal, "deployment-1", 100, cancellationToken).ConfigureAwait(false);
    }

    private static async Task KeepsAnyTextAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        const string Text = "line\r\nline\ttab \"quoted\" 'single' \\ back { } </script> \u0000 \u001b[31m \u2028 é 日本 🚀 %s ; DROP TABLE x; --";
        var texts = Event("deployment-1", 1) with
        {
            Step = "canary/Push it",
            Message = Text,
            Error = Text,
            Key = "acme." + Text,
            Evidence = [new Evidence("text", Text) { Text = Text, Data = new JsonObject { [Text] = Text, ["nothing"] = null } }],
        };
        await AppendAndCompareAsync(journal, [texts], cancellationToken).ConfigureAwait(false);
    }

    private static async Task KeepsAnyIdAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        foreach (var id in StrangeIds)
        {
            await AppendAsync(journal, Event(id, 1), cancellationToken).ConfigureAwait(false);
        }

        foreach (var id in StrangeIds)
        {
            var events = await Expect.ListAsync(journal.ReadAsync(id, cancellationToken), cancellationToken).ConfigureAwait(false);
            Expect.That(events.Count == 1 && events[0].DeploymentId == id, $"The deployment '{id}' has the events of {string.Join(", ", events.Select(e => e.DeploymentId).DefaultIfEmpty("nobody"))}; expected its own one.");
        }

        var listed = await Expect.ListAsync(journal.ListAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(
            listed.Order(StringComparer.Ordinal).SequenceEqual(StrangeIds.Order(StringComparer.Ordinal)),
            $"Listed {string.Join(" | ", listed)}; expected {string.Join(" | ", StrangeIds)} in any order.");
    }

    private static async Task KeepsLargeEvidenceAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        var lines = string.Concat(Enumerable.Range(0, 100_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}: 20 bytes of it\n")));
        var large = Event("deployment-1", 1) with { Evidence = [new Evidence("log", "2 MB of log") { Text = lines, Data = new JsonObject { ["sample"] = lines } }] };
        await AppendAndCompareAsync(journal, [large, Event("deployment-1", 2)], cancellationToken).ConfigureAwait(false);
    }

    private static async Task CancelsReadingAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        await AppendManyAsync(journal, "deployment-1", 3, cancellationToken).ConfigureAwait(false);
        await Expect.CanceledAsync(nameof(IDeploymentJournal.ReadAsync), token => Expect.ListAsync(journal.ReadAsync("deployment-1", token), token), cancellationToken).ConfigureAwait(false);
        await Expect.CanceledAsync(nameof(IDeploymentJournal.ListAsync), token => Expect.ListAsync(journal.ListAsync(token), token), cancellationToken).ConfigureAwait(false);
    }

    private static async Task RefusesOtherThanTheNextAsync(IDeploymentJournal journal, CancellationToken cancellationToken)
    {
        await AppendManyAsync(journal, "deployment-1", 2, cancellationToken).ConfigureAwait(false);
        foreach (var sequence in new[] { 1L, 2L, 4L })
        {
            try
            {
                await AppendAsync(journal, Event("deployment-1", sequence), cancellationToken).ConfigureAwait(false);
            }
            catch (DeploymentLockedException)
            {
                continue;
            }

            throw new ContractViolationException($"Event {sequence} was taken after event 2: two processes could go on with one deployment. Throw {nameof(DeploymentLockedException)}.");
        }

        await ExpectSequencesAsync(journal, "deployment-1", 2, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SurvivesRestartAsync(
        IDeploymentJournal journal, Func<IDeploymentJournal, CancellationToken, ValueTask<IDeploymentJournal>> reopen, CancellationToken cancellationToken)
    {
        var story = Story("deployment-1");
        await AppendAndCompareAsync(journal, story, cancellationToken).ConfigureAwait(false);
        var again = await reopen(journal, cancellationToken).ConfigureAwait(false);
        try
        {
            await CompareAsync(again, story, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(again).ConfigureAwait(false);
        }
    }

    private static async Task AppendManyAsync(IDeploymentJournal journal, string id, int count, CancellationToken cancellationToken)
    {
        for (var sequence = 1; sequence <= count; sequence++)
        {
            await AppendAsync(journal, Event(id, sequence), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AppendAndCompareAsync(IDeploymentJournal journal, IReadOnlyList<DeployEvent> events, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            await AppendAsync(journal, one, cancellationToken).ConfigureAwait(false);
        }

        await CompareAsync(journal, events, cancellationToken).ConfigureAwait(false);
    }

    private static async Task CompareAsync(IDeploymentJournal journal, IReadOnlyList<DeployEvent> events, CancellationToken cancellationToken)
    {
        var read = await Expect.ListAsync(journal.ReadAsync(events[0].DeploymentId, cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(read.Count == events.Count, $"Appended {events.Count} events, read {read.Count}.");
        for (var i = 0; i < read.Count; i++)
        {
            var difference = DeployEventDifference.Between(events[i], read[i]);
            Expect.That(difference is null, $"Event {i + 1} ({events[i].Kind}) was read with another {difference} than it was appended with.");
        }
    }

    private static async Task ExpectSequencesAsync(IDeploymentJournal journal, string id, int count, CancellationToken cancellationToken)
    {
        var read = await Expect.ListAsync(journal.ReadAsync(id, cancellationToken), cancellationToken).ConfigureAwait(false);
        Expect.That(read.Count == count && read.TrueForAll(e => e.DeploymentId == id), $"{id}: appended {count} events, read {read.Count(e => e.DeploymentId == id)} of its own and {read.Count(e => e.DeploymentId != id)} of others.");
        ExpectNoGaps(read);
    }

    private static void ExpectNoGaps(List<DeployEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            Expect.That(events[i].Sequence == i + 1, $"Event {i + 1} has the sequence number {events[i].Sequence}: events are missing or out of order.");
        }
    }

    private static async ValueTask AppendAsync(IDeploymentJournal journal, DeployEvent deployEvent, CancellationToken cancellationToken) =>
        await journal.AppendAsync(deployEvent, cancellationToken).ConfigureAwait(false);

    private static DeployEvent Event(string id, long sequence) =>
        new() { DeploymentId = id, Sequence = sequence, At = Noon.AddSeconds(sequence), Kind = DeployEventKind.Warning, Message = $"warning {sequence}" };

    private static DecisionRequest Question(string id) => new()
    {
        Id = $"{id}-1",
        DeploymentId = id,
        Step = "Push",
        Question = "Push failed. What now?",
        Choices = [DecisionChoice.Retry, DecisionChoice.RollBack],
        Default = DecisionChoice.RollBack,
        Attempt = 2,
        AskedAt = Noon,
        Due = Noon.AddMinutes(30),
    };

    // One event of each kind, with every property set somewhere.
    private static DeployEvent[] Story(string id) =>
    [
        Event(id, 1) with
        {
            Kind = DeployEventKind.DeploymentStarted,
            At = Noon.AddMilliseconds(123),
            Header = new DeploymentHeader
            {
                Pipeline = "shop", App = "shop", Revision = "a1b2c3d", Target = "production", RequestedBy = "ann", Source = Source.Git("/src/shop", "a1b2c3d") with { Except = ["/src/shop/.wercker"] }, Steps = ["Push", "Restart"],
                Environment = new Dictionary<string, string> { ["WERCKER"] = "true", ["TOKEN"] = "***" },
            },
        },
        Event(id, 2) with { Kind = DeployEventKind.StepStarted, Step = "Push" },
        Event(id, 3) with { Kind = DeployEventKind.ValueStored, Step = "Push", Key = "shop.release", Value = JsonElement.Parse("""{"id":"v41","was":[1,2.5,null,true]}""") },
        Event(id, 4) with
        {
            Kind = DeployEventKind.StepFinished, Step = "Push", Status = StepStatus.Failed, Message = "No.", Error = "at X", Decided = true,
            Question = Question(id),
            Evidence = [new Evidence("http", "GET /") { Data = new JsonObject { ["status"] = 503 } }, new Evidence("text", "said") { Text = "no" }],
        },
        Event(id, 5),
        Event(id, 6) with { Kind = DeployEventKind.RevertStarted, Step = "Push" },
        Event(id, 7) with { Kind = DeployEventKind.RevertFinished, Step = "Push", Status = StepStatus.Succeeded, Message = "Back." },
        Event(id, 8) with { Kind = DeployEventKind.DeploymentResumed, Message = "Another process went on." },
        Event(id, 9) with { Kind = DeployEventKind.DeploymentCanceled },
        Event(id, 10) with { Kind = DeployEventKind.DecisionRequested, Step = "Gate", Question = Question(id) },
        Event(id, 11) with { Kind = DeployEventKind.DecisionMade, Step = "Push", Question = Question(id) with { Decision = new Decision(DecisionChoice.RollBack, "ann", "too slow") { At = Noon } } },
        Event(id, 12) with { Kind = DeployEventKind.RestoreTestStarted, Step = "Push" },
        Event(id, 13) with { Kind = DeployEventKind.RestoreTestFinished, Step = "Push", Status = StepStatus.Succeeded, Message = "v41 answers." },
        Event(id, 14) with { Kind = DeployEventKind.DeploymentFinished, Verdict = DeployStatus.Failed, Restore = RestoreStatus.Restored, Message = null },
    ];
}
