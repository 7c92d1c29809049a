using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>A page of what people did, the newest first.</summary>
/// <param name="Project">The project.</param>
/// <param name="Actions">What was done.</param>
/// <param name="Next">The "before" of the next page; null on the last one.</param>
public sealed record AuditModel(ProjectAccess Project, IReadOnlyList<ActionEntry> Actions, long? Next);
