namespace Wercker.Pipeline;

/// <summary>Where the output of a deployment's commands goes: a log file, a terminal, a browser.</summary>
/// <remarks>Awaited, so a slow sink slows the command down instead of filling memory. A sink that throws is dropped and said so in the report.</remarks>
public interface IOutputSink
{
    /// <summary>Takes whole lines.</summary>
    /// <param name="block">The lines; their memory is valid only until the returned task has ended.</param>
    /// <param name="cancellationToken">Canceled when the deployment is torn down.</param>
    /// <returns>When the lines are taken.</returns>
    ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken);
}

/// <summary>Some whole lines of output, masked.</summary>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Step">The step whose output it is.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="At">When the lines arrived.</param>
/// <param name="Lines">UTF-8 text; every line ends with \n, the last one of a step included.</param>
public readonly record struct OutputBlock(string DeploymentId, string Step, OutputStream Stream, DateTimeOffset At, ReadOnlyMemory<byte> Lines);

/// <summary>The streams of a step's output. Order is kept within a stream.</summary>
public enum OutputStream
{
    /// <summary>Standard output of a command.</summary>
    Output,

    /// <summary>Standard error of a command.</summary>
    Error,

    /// <summary>What the pipeline itself says: the command that starts, how it ended.</summary>
    Note,
}
