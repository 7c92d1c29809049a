namespace Wercker.Pipeline.Metrics;

/// <summary>What the verdict of one check means for the metrics test.</summary>
internal enum MetricCheckRole
{
    /// <summary>It decides.</summary>
    Critical,

    /// <summary>It warns.</summary>
    Degraded,

    /// <summary>It is reported, and changes nothing.</summary>
    Observed,
}
