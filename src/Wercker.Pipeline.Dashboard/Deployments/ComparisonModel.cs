namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Two deployments side by side.</summary>
public sealed record ComparisonModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>The one.</summary>
    public required DeployReport Left { get; init; }

    /// <summary>The other.</summary>
    public required DeployReport Right { get; init; }

    /// <summary>The steps of both, in the order of the right one; then those that only the left one has.</summary>
    public required IReadOnlyList<StepComparison> Steps { get; init; }

    /// <summary>The variables that one has and the other has not, and those whose values differ. Values are not shown.</summary>
    public required IReadOnlyList<VariableComparison> Environment { get; init; }
}

/// <summary>A step in two deployments.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Left">What it was in the one; null when it was not there.</param>
/// <param name="Right">What it was in the other; null when it was not there.</param>
public sealed record StepComparison(string Name, StepReport? Left, StepReport? Right)
{
    /// <summary>True when the verdicts differ, or only one has the step.</summary>
    public bool Differs => Left?.Status != Right?.Status;

    /// <summary>How much longer the right one took, in seconds; null when one of them did not run.</summary>
    public double? SecondsMore => Left?.Duration is { } left && Right?.Duration is { } right ? (right - left).TotalSeconds : null;
}

/// <summary>An environment variable in two deployments.</summary>
/// <param name="Name">Its name.</param>
/// <param name="InLeft">Whether the one has it.</param>
/// <param name="InRight">Whether the other has it.</param>
public sealed record VariableComparison(string Name, bool InLeft, bool InRight);
