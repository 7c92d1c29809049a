namespace Wercker.Pipeline.Sandboxes;

/// <summary>A place of its own for the commands of one deployment. Disposing it kills what runs in it and removes it.</summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>The project's root inside the sandbox, a full path without a trailing slash: WERCKER_ROOT.</summary>
    string Root { get; }

    /// <summary>What was asked for and could not be given, one sentence each, to be said once and loudly. Default: nothing.</summary>
    IReadOnlyList<string> Notices => [];

    /// <summary>Opens a bash session with the sandbox's environment, in <see cref="Root"/>.</summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SandboxException">The shell does not start.</exception>
    ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken);

    /// <summary>Copies a file or a directory into the sandbox, file modes kept.</summary>
    /// <param name="hostPath">The file or directory outside.</param>
    /// <param name="sandboxPath">Its path inside; relative ones start at <see cref="Root"/>.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>When it is copied.</returns>
    ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken);

    /// <summary>Copies a file or a directory out of the sandbox, file modes kept.</summary>
    /// <param name="sandboxPath">The path inside; relative ones start at <see cref="Root"/>.</param>
    /// <param name="hostPath">Its path outside.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>When it is copied.</returns>
    ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken);
}
