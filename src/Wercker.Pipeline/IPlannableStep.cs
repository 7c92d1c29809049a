namespace Wercker.Pipeline;

/// <summary>A step that can say beforehand, without touching anything, what it would do.</summary>
public interface IPlannableStep : IDeployStep
{
    /// <summary>Tells what the step would do in a deployment of this request.</summary>
    /// <param name="context">The request, the target and the environment that a deployment would have.</param>
    /// <returns>What would run, or why it would be skipped, and what it needs.</returns>
    StepForecast Forecast(DeployPlanContext context);
}
