namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>What somebody must be allowed to.</summary>
internal enum AccessLevel
{
    /// <summary>To look.</summary>
    Read,

    /// <summary>To answer, cancel, freeze and thaw.</summary>
    Operate,

    /// <summary>To unlock, and to see and test connections.</summary>
    Admin,
}

/// <summary>What an endpoint is, for the gate before it. An endpoint without it is never served.</summary>
/// <param name="Level">What its visitors must be allowed to.</param>
/// <param name="Depth">How many segments its path has below the dashboard's root.</param>
/// <param name="IsPage">True when a person sees its answers, false for programs.</param>
internal sealed record EndpointAccess(AccessLevel Level, int Depth, bool IsPage);
