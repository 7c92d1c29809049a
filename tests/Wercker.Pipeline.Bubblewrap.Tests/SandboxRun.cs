using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

/// <summary>One sandbox with one shell, and what its commands said.</summary>
internal sealed class SandboxRun : IAsyncDisposable
{
    private readonly ISandboxShell _shell;

    private SandboxRun(ISandbox sandbox, ISandboxShell shell)
    {
        Sandbox = sandbox;
        _shell = shell;
    }

    public ISandbox Sandbox { get; }

    /// <summary>stdout and stderr of the last command, in the order in which they came.</summary>
    public string Said { get; private set; } = "";

    public static async Task<SandboxRun> OpenAsync(SandboxSpec? spec = null)
    {
        var provider = new BubblewrapSandboxProvider { KillGrace = TimeSpan.FromMilliseconds(300) };
        var sandbox = await provider.CreateAsync(spec ?? new SandboxSpec { DeploymentId = "test" }, CancellationToken.None);
        return await OpenAsync(sandbox);
    }

    public static async Task<SandboxRun> OpenAsync(ISandbox sandbox) => new(sandbox, await sandbox.OpenShellAsync(CancellationToken.None));

    public async Task<CommandResult> RunAsync(string command, double seconds = 60)
    {
        var writer = new Writer();
        var result = await _shell.RunAsync(new ShellCommand(command) { Timeout = TimeSpan.FromSeconds(seconds) }, writer, CancellationToken.None);
        Said = writer.Text;
        return result;
    }

    public async Task<string> ReadAsync(string command)
    {
        var result = await RunAsync(command);
        Assert.That(result.Succeeded, Is.True, $"{command}: {result} {Said}");
        return Said;
    }

    public async Task AssertRefusedAsync(string command, string? words = null)
    {
        var result = await RunAsync(command);
        Assert.That(result.Succeeded, Is.False, $"{command} was not refused: {Said}");
        if (words is not null)
        {
            Assert.That(Said, Does.Contain(words), command);
        }
    }

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();

    private sealed class Writer : IOutputWriter
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            lock (_text)
            {
                _text.Append(Encoding.UTF8.GetString(bytes.Span));
            }

            return ValueTask.CompletedTask;
        }
    }
}
