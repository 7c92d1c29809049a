namespace Wercker.Pipeline.Tests.Engine;

/// <summary>Makes steps that write down when they run and when they are undone.</summary>
internal sealed class StepTrace
{
    public List<string> Names { get; } = [];

    public Func<DeployContext, CancellationToken, ValueTask<StepResult>> Step(string name, StepResult? result = null) => (_, _) =>
    {
        Names.Add(name);
        return new(result ?? StepResult.Succeeded());
    };

    public IReversibleStep Reversible(string name, StepResult? result = null, Func<StepResult>? revert = null) => new TracedStep(Names, name, result, revert);

    private sealed class TracedStep(List<string> names, string name, StepResult? result, Func<StepResult>? revert) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            names.Add(name);
            return new(result ?? StepResult.Succeeded());
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            names.Add("undo " + name);
            return new((revert ?? (() => StepResult.Succeeded("put back")))());
        }
    }
}
