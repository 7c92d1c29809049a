namespace Wercker.Pipeline;

/// <summary>What the verdict of one check means for the log or metrics test that it belongs to.</summary>
internal enum CheckRole
{
    /// <summary>It decides.</summary>
    Critical,

    /// <summary>It warns.</summary>
    Degraded,

    /// <summary>It is reported, and changes nothing.</summary>
    Observed,
}
