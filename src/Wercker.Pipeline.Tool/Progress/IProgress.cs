namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Shows a deployment on standard error while it runs. Disposing it shows the end of it.</summary>
internal interface IProgress : IDeployObserver, IOutputSink, IAsyncDisposable
{
    /// <summary>Shows a message of the tool itself.</summary>
    void Say(string message);
}
