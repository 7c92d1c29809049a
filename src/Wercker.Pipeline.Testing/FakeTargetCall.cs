namespace Wercker.Pipeline.Testing;

/// <summary>One call of a <see cref="FakeTarget"/>.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Argument">The command's text, the revision, the release's id, "on" or "off"; null where there is none.</param>
public sealed record FakeTargetCall(TargetOperation Operation, string? Argument);

/// <summary>The operations of a <see cref="FakeTarget"/>.</summary>
public enum TargetOperation
{
    /// <summary>The preflight check.</summary>
    Check,

    /// <summary>The question whether maintenance is on.</summary>
    GetMaintenance,

    /// <summary>The switch of maintenance.</summary>
    SetMaintenance,

    /// <summary>A one-off command.</summary>
    Run,

    /// <summary>A push.</summary>
    Push,

    /// <summary>A restart.</summary>
    Restart,

    /// <summary>The question for the live release.</summary>
    GetCurrent,

    /// <summary>A roll back.</summary>
    RollBack,
}

/// <summary>What a target can do, for <see cref="FakeTarget.Only"/>.</summary>
public enum TargetCapability
{
    /// <summary>Nothing but having a name.</summary>
    None,

    /// <summary><see cref="Targets.IPreflight"/>.</summary>
    Preflight,

    /// <summary><see cref="Targets.IMaintenance"/>.</summary>
    Maintenance,

    /// <summary><see cref="Targets.ICommandRunner"/>.</summary>
    CommandRunner,

    /// <summary><see cref="Targets.IPush"/>.</summary>
    Push,

    /// <summary><see cref="Targets.IRestart"/>.</summary>
    Restart,

    /// <summary><see cref="Targets.IReleaseHistory"/>.</summary>
    ReleaseHistory,
}
