using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Testing.Tests.Contracts;

public class BrokenTargetTests
{
    private static int _made;

    private static IEnumerable<TestCaseData> Defects =>
    [
        Defect("The target has a name", () => new BrokenTarget { NameIs = $"target {Interlocked.Increment(ref _made)}" }),
        Defect("The target has a name", () => new BrokenTarget { NameIs = "" }),
        Defect("The preflight check answers", () => new BrokenTarget { Verdict = new StepResult { Status = StepStatus.Failed } }),
        Defect("The preflight check answers", () => new BrokenTarget { Verdict = StepResult.Skipped("not today") }),
        Defect("The preflight check can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("Maintenance is what it was switched to", () => new BrokenTarget { Switches = false }),
        Defect("Switching maintenance can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("A command's exit code", () => new BrokenTarget { ExitCode = 1 }),
        Defect("A command's exit code", () => new BrokenTarget { ExitCode = 0 }),
        Defect("A command's exit code", () => new BrokenTarget { Writes = false }),
        Defect("A command can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("A restart answers", () => new BrokenTarget { Verdict = new StepResult { Status = StepStatus.Running } }),
        Defect("A restart can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("A push answers", () => new BrokenTarget { Releases = false }),
        Defect("A push answers", () => new BrokenTarget { Verdict = new StepResult { Status = StepStatus.NotRun } }),
        Defect("A push can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("Rolling back to the live release", () => new BrokenTarget { Verdict = StepResult.Failed("it is live already") }),
        Defect("Rolling back to a release that never was", () => new BrokenTarget { Verdict = StepResult.Succeeded() }),
        Defect("Asking for the live release can be canceled", () => new BrokenTarget { HonorsTokens = false }),
        Defect("The target's variables", () => new BrokenTarget { Fickle = true }),
    ];

    [TestCaseSource(nameof(Defects))]
    public void TargetContract_BrokenTarget_IsCaughtByTheRuleForIt(string rule, Func<IDeployTarget> create)
    {
        var broken = new TargetContract(create, OneStepDeployment.RunAsync).Rules.Single(one => one.Name.StartsWith(rule, StringComparison.Ordinal));
        Assert.That(() => broken.VerifyAsync(CancellationToken.None), Throws.TypeOf<ContractViolationException>());
    }

    private static TestCaseData Defect(string rule, Func<IDeployTarget> create, [System.Runtime.CompilerServices.CallerLineNumber] int line = 0) =>
        new TestCaseData(rule, create).SetArgDisplayNames($"{rule}, line {line}");

    /// <summary>A good target with one thing done wrong.</summary>
    private sealed class BrokenTarget : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory
    {
        private readonly FakeTarget _good = new();
        private int _contributions;

        public string NameIs { get; init; } = "staging";

        public bool HonorsTokens { get; init; } = true;

        public bool Switches { get; init; } = true;

        public bool Writes { get; init; } = true;

        public bool Releases { get; init; } = true;

        public bool Fickle { get; init; }

        public int ExitCode { get; init; } = 3;

        public StepResult? Verdict { get; init; }

        public string Name => NameIs;

        public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) =>
            Verdict ?? await _good.CheckAsync(context, Token(cancellationToken));

        public ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken) => _good.GetMaintenanceAsync(context, Token(cancellationToken));

        public ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken) =>
            _good.SetMaintenanceAsync(context, on && Switches, Token(cancellationToken));

        public ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
        {
            _good.Script.On("echo contract", new FakeReply { Output = Writes ? "contract\n" : "" }).On("exit 3", new FakeReply(ExitCode));
            return _good.RunAsync(context, command, output, Token(cancellationToken));
        }

        public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) =>
            Verdict is { Status: StepStatus.NotRun } ? Verdict
            : Releases ? await _good.PushAsync(context, Token(cancellationToken))
            : StepResult.Succeeded();

        public async ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken) =>
            Verdict ?? await _good.RestartAsync(context, Token(cancellationToken));

        public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) => _good.GetCurrentAsync(context, Token(cancellationToken));

        public async ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken) =>
            Verdict ?? await _good.RollBackAsync(context, release, Token(cancellationToken));

        public void Contribute(DeployEnvironment environment) => environment.Set("RUN", Fickle ? $"{_contributions++}" : "1");

        private CancellationToken Token(CancellationToken cancellationToken) => HonorsTokens ? cancellationToken : CancellationToken.None;
    }
}
