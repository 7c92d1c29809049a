namespace Wercker.Pipeline.Reports;

/// <summary>The shape of report.json, apart from <see cref="DeployReport"/> so that the one may grow without breaking the other.</summary>
/// <remarks>Members are written in this order, null ones too: a reader never has to ask whether a member is there.</remarks>
internal sealed record ReportDocument
{
    /// <summary>Raised when a member disappears or changes its meaning; a new member does not raise it.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public required string Id { get; init; }

    public required string Pipeline { get; init; }

    public required string App { get; init; }

    public required string Revision { get; init; }

    public required string? Target { get; init; }

    public required string? RequestedBy { get; init; }

    public required DeployStatus Status { get; init; }

    public required RestoreStatus Restore { get; init; }

    public required string Summary { get; init; }

    /// <summary>The name of the step, for those who do not want to look for it.</summary>
    public required string? RootCause { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required TimeSpan? DurationSeconds { get; init; }

    public required IReadOnlyList<StepDocument> Steps { get; init; }

    public required IReadOnlyList<StepDocument> Reverts { get; init; }

    /// <summary>Not required, because reports of earlier versions have none.</summary>
    public IReadOnlyList<DecisionDocument> Decisions { get; init; } = [];

    public required IReadOnlyList<string> Warnings { get; init; }

    public required OrderedDictionary<string, string> Environment { get; init; }

    public static ReportDocument Of(DeployReport report) => new()
    {
        Schema = CurrentSchema,
        Id = report.Id,
        Pipeline = report.Pipeline,
        App = report.App,
        Revision = report.Revision,
        Target = report.Target,
        RequestedBy = report.RequestedBy,
        Status = report.Status,
        Restore = report.Restore,
        Summary = report.Summary,
        RootCause = report.RootCause?.Name,
        StartedAt = report.StartedAt,
        FinishedAt = report.FinishedAt,
        DurationSeconds = report.FinishedAt - report.StartedAt,
        Steps = [.. report.Steps.Select(StepDocument.Of)],
        Reverts = [.. report.Reverts.Select(StepDocument.Of)],
        Decisions = [.. report.Decisions.Select(DecisionDocument.Of)],
        Warnings = report.Warnings,
        Environment = new OrderedDictionary<string, string>(report.Environment),
    };

    public DeployReport ToReport() => new()
    {
        Id = Id,
        Pipeline = Pipeline,
        App = App,
        Revision = Revision,
        Target = Target,
        RequestedBy = RequestedBy,
        Status = Status,
        Restore = Restore,
        Summary = Summary,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Steps = [.. Steps.Select(step => step.ToReport())],
        Reverts = [.. Reverts.Select(step => step.ToReport())],
        Decisions = [.. Decisions.Select(decision => decision.ToRequest(Id))],
        Warnings = Warnings,
        Environment = Environment,
    };
}

/// <summary>A step, or an undo, in report.json.</summary>
internal sealed record StepDocument
{
    public required string Name { get; init; }

    public required StepStatus Status { get; init; }

    public required string? Message { get; init; }

    public required string? Error { get; init; }

    public required bool Decided { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required TimeSpan? DurationSeconds { get; init; }

    public required IReadOnlyList<Evidence> Evidence { get; init; }

    public static StepDocument Of(StepReport step) => new()
    {
        Name = step.Name,
        Status = step.Status,
        Message = step.Message,
        Error = step.Error,
        Decided = step.Decided,
        StartedAt = step.StartedAt,
        DurationSeconds = step.Duration,
        Evidence = step.Evidence,
    };

    public StepReport ToReport() => new()
    {
        Name = Name,
        Status = Status,
        Message = Message,
        Error = Error,
        Decided = Decided,
        StartedAt = StartedAt,
        Duration = DurationSeconds,
        Evidence = Evidence,
    };
}
