using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics;

/// <summary>One question that a metrics test asks. All checks of a test run at the same time, and each waits for what it needs.</summary>
public interface IMetricCheck
{
    /// <summary>Names the check for people, with its source and what it asks for: "graphite: shop.*.heartbeat beats every 30 seconds".</summary>
    string Name { get; }

    /// <summary>What its sources prove themselves with: <see cref="IMetricSource.Secrets"/>. Default: nothing.</summary>
    IReadOnlyList<Secret> Secrets => [];

    /// <summary>Measures and judges.</summary>
    /// <param name="window">The time to look at; it begins in the past and usually ends in the future.</param>
    /// <param name="context">The running deployment, with its clock.</param>
    /// <param name="cancellationToken">Cancels measuring.</param>
    /// <returns>
    /// The verdict, with a sentence that says why, and what was measured. Inconclusive when there was not enough to see; never Succeeded without data.
    /// An Inconclusive without any evidence says that there were no data at all: <see cref="MetricsTest.ContinueOnNoData"/> is about those.
    /// </returns>
    ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken);
}
