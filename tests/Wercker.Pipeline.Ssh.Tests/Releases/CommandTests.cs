using System.Diagnostics;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Releases;

public class CommandTests
{
    [Test]
    public async Task Run_InTheLiveRelease_HasItsVariablesAndShowsNoSecretInArguments()
    {
        await using var servers = new Servers();
        servers.Options = servers.Options with { CommandVariables = ["SHOP_KEY"] };
        await servers.PushAsync();
        var output = new List<string>();
        var result = await servers.AskAsync(async (target, context, token) =>
        {
            context.Environment.SetSecret("SHOP_KEY", new Secret("hunter2-and-'more'"));
            return await target.RunAsync(context, new ShellCommand("cat index.html; echo; echo ${#SHOP_KEY}; ps -eo args | grep -c '[h]unter2'; ls ../../releases | wc -l"), new Lines(output), token);
        });

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(string.Concat(output), Is.EqualTo("one\n18\n0\n1\n"));
    }

    [Test]
    public async Task Run_CanceledOrTooLong_EndsWithWhatItStarted([Values] SshClientKind client, [Values] bool cancel)
    {
        await using var servers = new Servers(1, client);
        var mark = $"wercker-mark-{Guid.NewGuid():N}";
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var run = servers.AskAsync(async (target, context, _) => await target.RunAsync(
            context,
            new ShellCommand($"export M={mark}; sleep 600 & echo started; wait") { Timeout = cancel ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(3) },
            new Lines([], () => started.TrySetResult()),
            source.Token));
        if (cancel)
        {
            await Task.WhenAny(started.Task, run);
            await source.CancelAsync();
            Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
        }
        else
        {
            Assert.That((await run).End, Is.EqualTo(CommandEnd.TimedOut));
        }

        await ServerProcess.UntilAsync("The command is gone", () => Task.FromResult(!IsAlive(mark)));
    }

    [Test]
    public async Task Run_CommandWithInput_IsRefused()
    {
        await using var servers = new Servers();
        using var input = new MemoryStream([1]);

        Assert.That(
            async () => await servers.AskAsync(async (target, context, token) => await target.RunAsync(context, new ShellCommand("cat") { Input = input }, new Lines([]), token)),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("shop gives its one-off commands no input"));
    }

    private static bool IsAlive(string mark) => Process.GetProcesses().Any(process =>
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ").Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private sealed class Lines(List<string> texts, Action? seen = null) : IOutputWriter
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            texts.Add(System.Text.Encoding.UTF8.GetString(bytes.Span));
            seen?.Invoke();
            return ValueTask.CompletedTask;
        }
    }
}
