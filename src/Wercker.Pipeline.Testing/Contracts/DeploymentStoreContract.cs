using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What every <see cref="IDeploymentStore"/> must do: all that journals and locks must, and the rest.</summary>
public sealed partial class DeploymentStoreContract
{
    private const string Target = "production";
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Func<CancellationToken, ValueTask<IDeploymentStore>> _create;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes an empty store; called once per rule. The kit disposes it.</param>
    /// <param name="reopen">Opens the given store's data with another store, as another process would; the kit disposes that one, too.</param>
    public DeploymentStoreContract(
        Func<CancellationToken, ValueTask<IDeploymentStore>> create, Func<IDeploymentStore, CancellationToken, ValueTask<IDeploymentStore>> reopen)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(reopen);
        _create = create;
        Rules =
        [
            .. new JournalContract(async stop => await create(stop).ConfigureAwait(false), async (journal, stop) => await reopen((IDeploymentStore)journal, stop).ConfigureAwait(false)).Rules,
            .. new LockContract(async stop => await create(stop).ConfigureAwait(false)).Rules,
            Rule("A store that nobody wrote to is empty", IsEmptyAtFirstAsync),
            Rule("A search finds what has all that is asked for, the newest first", SearchesAsync),
            Rule("Pages have every deployment once, also those that started at once", PagesAsync),
            Rule("The list says what became of a deployment", ListsTheOutcomeAsync),
            Rule("Who follows a deployment gets what comes behind the last event that is known", ReadsBehindAsync),
            Rule("Leases and freezes are listed by target", ListsLeasesAsync),
            Rule("The last event of a deployment gives its target back", ReleasesWithTheLastEventAsync),
            Rule("Unlocking ends a lease and records who and why", UnlocksAsync),
            Rule("A frozen target refuses everybody with its message until it is thawed", FreezesAsync),
            Rule("Thawing never takes a target from a deployment", ThawsOnlyFreezesAsync),
            Rule("The first who asks for a cancellation is named, to other processes too", (store, stop) => AsksForCancellationAsync(store, reopen, stop)),
            Rule("A question is open from its event until it is decided or the deployment is over", KeepsQuestionsAsync),
            Rule("The first answer counts and every answer is recorded", AnswersOnceAsync),
            Rule("An answer that cannot count is refused", RefusesAnswersAsync),
            Rule("Who waits for an answer gets it, whoever gave it and whenever it came", (store, stop) => WaitsForAnswersAsync(store, reopen, stop)),
            Rule("Actions are listed in pages, the newest first", ListsActionsAsync),
            Rule("An output log is read as it was written, from any byte, also while it grows", (store, stop) => KeepsLogsAsync(store, reopen, stop)),
        ];
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private ContractRule Rule(string name, Func<IDeploymentStore, CancellationToken, Task> verify) => new(name, async cancellationToken =>
    {
        var store = await _create(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await verify(store, cancellationToken).ConfigureAwait(false);
        }
    });

    private static async Task IsEmptyAtFirstAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        Expect.That(!string.IsNullOrWhiteSpace(store.Name), "The store has no name for messages.");
        Expect.That((await store.SearchAsync(new(), cancellationToken).ConfigureAwait(false)).Count == 0, "A search finds something.");
        Expect.That(await store.CountAsync(new(), cancellationToken).ConfigureAwait(false) == 0, "Something is counted.");
        Expect.That(await store.FindAsync("d1", cancellationToken).ConfigureAwait(false) is null, "A deployment is found.");
        Expect.That(await store.FindLeaseAsync(Target, cancellationToken).ConfigureAwait(false) is null, "A lease is found.");
        Expect.That((await store.ListLeasesAsync(cancellationToken).ConfigureAwait(false)).Count == 0, "A lease is listed.");
        Expect.That(await store.FindCancelRequestAsync("d1", cancellationToken).ConfigureAwait(false) is null, "Somebody asks for a cancellation.");
        Expect.That((await store.ListQuestionsAsync(null, cancellationToken).ConfigureAwait(false)).Count == 0, "A question is open.");
        Expect.That((await store.ListActionsAsync(null, null, 10, cancellationToken).ConfigureAwait(false)).Count == 0, "An action is listed.");
        Expect.That(await store.FindLogAsync("d1", cancellationToken).ConfigureAwait(false) is null, "A log is found.");
        Expect.That(await store.PruneLogsAsync(cancellationToken).ConfigureAwait(false) == 0, "A log is removed.");
    }

    private static async Task StartAsync(
        IDeploymentStore store, string id, string app = "shop", string? target = null, int minute = 0, CancellationToken cancellationToken = default) => await store.AppendAsync(
        Event(id, 1, DeployEventKind.DeploymentStarted) with
        {
            At = Noon.AddMinutes(minute),
            Header = new DeploymentHeader { Pipeline = "p", App = app, Revision = "a1b2c3d", Target = target, RequestedBy = "ann", Steps = ["Push"] },
        },
        cancellationToken).ConfigureAwait(false);

    private static DeployEvent Finish(string id, long sequence) =>
        Event(id, sequence, DeployEventKind.DeploymentFinished) with { At = Noon.AddHours(1), Verdict = DeployStatus.Failed, Restore = RestoreStatus.Restored };

    private static DeployEvent Event(string id, long sequence, DeployEventKind kind = DeployEventKind.Warning) => new() { DeploymentId = id, Sequence = sequence, At = Noon, Kind = kind };

    private static DecisionRequest Question(string id, int number = 1) => new()
    {
        Id = $"{id}-{number}",
        DeploymentId = id,
        Step = "Push",
        Question = "Push failed. What now?",
        Choices = [DecisionChoice.Retry, DecisionChoice.RollBack],
        Default = DecisionChoice.RollBack,
        AskedAt = Noon.AddMinutes(number),
        Due = Noon.AddMinutes(30),
    };
}
