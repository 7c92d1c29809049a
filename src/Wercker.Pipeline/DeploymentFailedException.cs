namespace Wercker.Pipeline;

/// <summary>A deployment did not succeed. Thrown only by those who ask for it with <see cref="DeployReport.EnsureSucceeded"/>.</summary>
public sealed class DeploymentFailedException : Exception
{
    /// <summary>Makes the exception of a report.</summary>
    /// <param name="report">The report of the deployment.</param>
    public DeploymentFailedException(DeployReport report)
        : base((report ?? throw new ArgumentNullException(nameof(report))).Summary) => Report = report;

    /// <summary>What happened.</summary>
    public DeployReport Report { get; }
}
