using System.Diagnostics;

namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>A running process and everything it started. Disposing kills what is left of it.</summary>
internal sealed class ChildProcess(Process process, ProcessTraces traces, TimeProvider time) : IAsyncDisposable
{
    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Error => process.StandardError.BaseStream;

    /// <summary>Ends with the exit status: 128 and the signal's number for a process that a signal ended.</summary>
    public Task<int> Exited { get; } = WaitAsync(process);

    public void Signal(int signal)
    {
        if (!Exited.IsCompleted)
        {
            ProcessTree.Signal(process.Id, traces, signal);
        }
    }

    /// <summary>Closes standard input. A process that is gone already is no error.</summary>
    public void CloseInput()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
        }
    }

    /// <summary>Kills the process with all its descendants, also those that outlived it.</summary>
    public Task KillAsync() => ProcessTree.KillAsync(Exited.IsCompleted ? null : process.Id, traces, time);

    /// <summary>SIGTERM first; kills what is left when it has ended or the time is over. False when it had to be killed.</summary>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        Signal(ProcessTree.Terminate);
        bool ended = await Task.WhenAny(Exited, Task.Delay(patience, time)).ConfigureAwait(false) == Exited;
        await KillAsync().ConfigureAwait(false);
        await Exited.ConfigureAwait(false);
        return ended;
    }

    /// <summary>Waits for the readers of the output; not for ever, as something that was not found may hold the pipe open.</summary>
    public Task DrainAsync(Task readers) => Task.WhenAny(readers, Task.Delay(TimeSpan.FromSeconds(2), time));

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await Exited.ConfigureAwait(false);
        process.Dispose();
    }

    private static async Task<int> WaitAsync(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }
}
