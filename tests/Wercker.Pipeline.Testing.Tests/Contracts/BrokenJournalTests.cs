using System.Runtime.CompilerServices;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Testing.Tests.Contracts;

public class BrokenJournalTests
{
    private static IEnumerable<TestCaseData> Defects =>
    [
        Defect("Events are read in the order", read: (_, events) => events.Reverse()),
        Defect("Events are read in the order", append: e => e with { Header = null }),
        Defect("Events are read in the order", append: e => e with { Value = null }),
        Defect("Events are read in the order", append: e => e with { Evidence = [] }),
        Defect("Events are read in the order", append: e => e with { At = e.At.AddMilliseconds(-e.At.Millisecond) }),
        Defect("An unknown deployment", read: (id, events) => events.DefaultIfEmpty(new DeployEvent { DeploymentId = id, Sequence = 1, At = default, Kind = default })),
        Defect("Deployments are listed once each", list: ids => ids.Reverse()),
        Defect("Deployments are listed once each", list: ids => ids.SelectMany(id => new[] { id, id })),
        Defect("Deployments that run at once", append: e => e with { DeploymentId = "deployment-1" }),
        Defect("A reader beside a writer", read: (_, events) => events.Where(e => e.Sequence != 2)),
        Defect("Any text is kept", append: e => e with { Message = e.Message?.Replace("\r\n", "\n", StringComparison.Ordinal) }),
        Defect("Any text is kept", append: e => e with { Error = e.Error?.Replace("\0", "", StringComparison.Ordinal) }),
        Defect("Any id is an id", append: e => e with { DeploymentId = e.DeploymentId.ToLowerInvariant() }),
        Defect("Any id is an id", list: ids => ids.Where(id => !id.Contains('/', StringComparison.Ordinal))),
        Defect("Large evidence", append: e => e with { Evidence = [.. e.Evidence.Select(one => one with { Text = one.Text?[..Math.Min(65_536, one.Text.Length)] })] }),
        Defect("Reading can be canceled", honorsTokens: false),
        Defect("An event that is not the next one", takesAny: true),
        Defect("What was appended is there after a restart", forgets: true),
    ];

    [TestCaseSource(nameof(Defects))]
    public void JournalContract_BrokenJournal_IsCaughtByTheRuleForIt(string rule, Func<BrokenJournal> create, bool forgets)
    {
        var kit = new JournalContract(_ => ValueTask.FromResult<IDeploymentJournal>(create()), (journal, _) => ValueTask.FromResult(forgets ? new InMemoryJournal() : journal));
        var broken = kit.Rules.Single(one => one.Name.StartsWith(rule, StringComparison.Ordinal));
        Assert.That(() => broken.VerifyAsync(CancellationToken.None), Throws.TypeOf<ContractViolationException>());
    }

    private static TestCaseData Defect(
        string rule,
        Func<DeployEvent, DeployEvent>? append = null,
        Func<string, IEnumerable<DeployEvent>, IEnumerable<DeployEvent>>? read = null,
        Func<IEnumerable<string>, IEnumerable<string>>? list = null,
        bool honorsTokens = true,
        bool forgets = false,
        bool takesAny = false,
        [CallerLineNumber] int line = 0) => new TestCaseData(
            rule,
            () => new BrokenJournal(append ?? (e => e), read ?? ((_, events) => events), list ?? (ids => ids), honorsTokens) { TakesAny = takesAny },
            forgets).SetArgDisplayNames($"{rule}, line {line}");

    /// <summary>A good journal with one thing done wrong.</summary>
    public sealed class BrokenJournal(
        Func<DeployEvent, DeployEvent> append,
        Func<string, IEnumerable<DeployEvent>, IEnumerable<DeployEvent>> read,
        Func<IEnumerable<string>, IEnumerable<string>> list,
        bool honorsTokens) : IDeploymentJournal
    {
        private readonly LenientJournal _kept = new();
        private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

        public bool TakesAny { get; init; }

        public ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
        {
            lock (_last)
            {
                if (!TakesAny && deployEvent.Sequence != _last.GetValueOrDefault(deployEvent.DeploymentId) + 1)
                {
                    throw new DeploymentLockedException(deployEvent.DeploymentId, "another process");
                }

                _last[deployEvent.DeploymentId] = deployEvent.Sequence;
                _kept.Add(append(deployEvent));
                return ValueTask.CompletedTask;
            }
        }

        public async IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var events = await ToListAsync(_kept.ReadAsync(deploymentId, Token(cancellationToken)));
            foreach (var deployEvent in read(deploymentId, events))
            {
                yield return deployEvent;
            }
        }

        public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var id in list(await ToListAsync(_kept.ListAsync(Token(cancellationToken)))))
            {
                yield return id;
            }
        }

        private CancellationToken Token(CancellationToken cancellationToken) => honorsTokens ? cancellationToken : CancellationToken.None;

        private static async Task<IEnumerable<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
        {
            var list = new List<T>();
            await foreach (var item in items)
            {
                list.Add(item);
            }

            return list;
        }
    }

    /// <summary>Keeps whatever it is told.</summary>
    private sealed class LenientJournal
    {
        private readonly List<DeployEvent> _events = [];

        public void Add(DeployEvent deployEvent)
        {
            lock (_events)
            {
                _events.Add(deployEvent);
            }
        }

        public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) =>
            GiveAsync(All().Where(e => e.DeploymentId == deploymentId), cancellationToken);

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) =>
            GiveAsync(All().GroupBy(e => e.DeploymentId, StringComparer.Ordinal).OrderByDescending(group => group.First().At).Select(group => group.Key), cancellationToken);

        private DeployEvent[] All()
        {
            lock (_events)
            {
                return [.. _events];
            }
        }

        private static async IAsyncEnumerable<T> GiveAsync<T>(IEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var item in items)
            {
                yield return item;
            }

            await ValueTask.CompletedTask;
        }
    }
}
