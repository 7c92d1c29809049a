using System.Diagnostics;

namespace Wercker.Pipeline.Engine;

/// <summary>A deployment that is traced and counted until it is disposed, also where it is broken off and has no report.</summary>
internal sealed class MeasuredDeployment(Activity? activity, string pipeline) : IDisposable
{
    /// <summary>How it ended; null when it was broken off.</summary>
    public DeployReport? Report { get; set; }

    public void Dispose()
    {
        PipelineTelemetry.EndDeployment(activity, pipeline, Report);
        activity?.Dispose();
    }
}
