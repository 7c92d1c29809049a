using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>How a run of the tool ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

/// <summary>A running tool.</summary>
internal sealed partial class ToolProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public ToolProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public void Signal(int signal) => Assert.That(Kill(_process.Id, signal), Is.Zero, "kill");

    /// <summary>Sends a signal; false when the tool has ended already.</summary>
    public bool TrySignal(int signal) => !_process.HasExited && Kill(_process.Id, signal) == 0;

    public async Task<ToolResult> WaitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The tool has not ended after {Deadline}.\n--- stdout\n{Output}\n--- stderr\n{Error}");
        }

        return new ToolResult(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits for a while, or until it has ended.</summary>
    public async Task WaitAsync(TimeSpan limit)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < limit && !_process.HasExited;)
        {
            await Task.Delay(2);
        }
    }

    /// <summary>Waits for something to become true while the tool runs.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (_process.HasExited || waited.Elapsed > Deadline)
            {
                Assert.Fail($"{what} did not happen.\n--- stdout\n{Output}\n--- stderr\n{Error}");
            }

            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
