using Wercker.Pipeline;

namespace Samples.Container;

/// <summary>A step whose constructor is filled by the container.</summary>
// <step>
public sealed class PriceCheckStep(PriceList list) : IDeployStep
{
    public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var free = list.Prices.Where(price => price.Value <= 0).Select(price => price.Key).ToArray();
        return new(free.Length == 0 ? StepResult.Succeeded($"{list.Prices.Count} prices are fine") : StepResult.Failed($"for free: {string.Join(", ", free)}"));
    }
}
// </step>
