using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Tests;

/// <summary>Keeps what commands write.</summary>
internal sealed class Lines : IOutputWriter
{
    public List<(OutputStream Stream, string Text)> All { get; } = [];

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        All.Add((stream, Encoding.UTF8.GetString(bytes.Span)));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Scripts are played by shells only, so a test plays one through a sandbox.</summary>
internal static class Playing
{
    public static async Task<CommandResult> PlayForTestAsync(this CommandScript script, ShellCommand command, IOutputWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var sandbox = new FakeSandbox(script: script, timeProvider: time);
        await using var shell = await sandbox.OpenShellAsync(cancellationToken);
        return await shell.RunAsync(command, output, cancellationToken);
    }
}
