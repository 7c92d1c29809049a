namespace Wercker.Pipeline.Tool.State;

/// <summary>Leaves an empty file beside the reports of a run before the first of its undos.</summary>
/// <remarks>
/// When the journal is lost, the target is put back without it, and the journal may never hear of that: going on where it ends would deploy
/// the rest of a release that is not there any more. An empty file can be made where nothing else can, also on a full disk.
/// </remarks>
internal sealed class UndoMark(StateDirectory state) : IDeployObserver
{
    private const string Name = "undo";

    /// <summary>True when a run was taken back, in whole or in part, and its journal does not know.</summary>
    public static bool IsUnknownTo(IReadOnlyList<DeployEvent> events, StateDirectory state) =>
        events.All(deployEvent => deployEvent.Kind != DeployEventKind.RevertStarted) && File.Exists(PathOf(state, events[0].DeploymentId));

    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        if (deployEvent.Kind == DeployEventKind.RevertStarted)
        {
            // Also when somebody has removed the directory meanwhile. What cannot be written is said by the engine, and stops no undo.
            Directory.CreateDirectory(state.DirectoryOf(deployEvent.DeploymentId));
            File.Create(PathOf(state, deployEvent.DeploymentId), bufferSize: 1).Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static string PathOf(StateDirectory state, string id) => Path.Combine(state.DirectoryOf(id), Name);
}
