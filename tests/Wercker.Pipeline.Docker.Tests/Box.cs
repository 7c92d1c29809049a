using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests;

/// <summary>A sandbox with a session in it, for one test.</summary>
internal sealed class Box : IAsyncDisposable
{
    private readonly DockerSandboxProvider _provider;
    private readonly ISandboxShell _shell;

    private Box(DockerSandboxProvider provider, ISandbox sandbox, ISandboxShell shell)
    {
        _provider = provider;
        Sandbox = sandbox;
        _shell = shell;
    }

    public ISandbox Sandbox { get; }

    public static async Task<Box> OpenAsync(SandboxSpec? spec = null, DockerSandboxProvider? provider = null)
    {
        provider ??= new DockerSandboxProvider { DefaultImage = BoxImage.Name };
        var sandbox = await provider.CreateAsync(spec ?? new SandboxSpec(), CancellationToken.None);
        return new Box(provider, sandbox, await sandbox.OpenShellAsync(CancellationToken.None));
    }

    public async Task<(CommandResult Result, string Output)> RunAsync(string text, TimeSpan? timeout = null)
    {
        var output = new TextWriter();
        var result = await _shell.RunAsync(new ShellCommand(text) { Timeout = timeout ?? TimeSpan.FromMinutes(2) }, output, CancellationToken.None);
        return (result, output.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _shell.DisposeAsync();
        await Sandbox.DisposeAsync();
        _provider.Dispose();
    }

    private sealed class TextWriter : IOutputWriter
    {
        private readonly MemoryStream _bytes = new();

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            lock (_bytes)
            {
                _bytes.Write(bytes.Span);
            }

            return ValueTask.CompletedTask;
        }

        public override string ToString() => Encoding.UTF8.GetString(_bytes.ToArray());
    }
}
