namespace Wercker.Pipeline.Sandboxes;

/// <summary>Makes sandboxes of one kind.</summary>
public interface ISandboxProvider
{
    /// <summary>The word for it in settings and reports: "process", "docker".</summary>
    string Name { get; }

    /// <summary>Finds out, without making anything, why no sandbox could be made here; called before a deployment starts.</summary>
    /// <param name="spec">What would be asked for.</param>
    /// <returns>What is missing and what to do about it; null when all is well.</returns>
    string? FindObstacle(SandboxSpec spec);

    /// <summary>Makes a fresh sandbox with the source in it.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the making; nothing is left behind.</param>
    /// <returns>The sandbox; disposing it removes everything.</returns>
    /// <exception cref="SandboxException">It could not be made; the message says why.</exception>
    ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken);
}
