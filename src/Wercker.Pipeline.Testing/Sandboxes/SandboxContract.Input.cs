using System.IO.Pipelines;
using System.Security.Cryptography;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <content>Rules of what commands are given to read.</content>
public sealed partial class SandboxContract
{
    private const int Large = 10 << 20;

    private Task InputIsRead(CancellationToken cancellationToken) => UseAsync(async (_, shell) =>
    {
        ExpectEqual("a b\n", await RunWithInputAsync(shell, "read -r line; echo \"$line\"", "a b\n"u8.ToArray(), cancellationToken).ConfigureAwait(false), "the line that read finds");
        ExpectEqual("0\n", await RunWithInputAsync(shell, "wc -c", [], cancellationToken).ConfigureAwait(false), "the number of bytes of an empty input");

        // Every byte, also those that mean something to a shell or to a terminal.
        var bytes = Enumerable.Range(0, 512).Select(i => (byte)i).ToArray();
        var output = new CollectingWriter();
        await shell.RunAsync(new ShellCommand("cat") { Input = new MemoryStream(bytes) }, output, cancellationToken).ConfigureAwait(false);
        Expect(output.Output.AsSpan().SequenceEqual(bytes), "cat prints the bytes of its input", $"it prints {output.Output.Length} others");

        // The session goes on as before: variables of the command, its status, and nothing to read.
        await RunWithInputAsync(shell, "read -r KEPT", "kept\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await shell.RunAsync(new ShellCommand("cat >/dev/null; (exit 5)") { Input = new MemoryStream([1]) }, new CollectingWriter(), cancellationToken).ConfigureAwait(false);
        ExpectEqual("5 kept 0\n", await RunForOutputAsync(shell, "echo $? $KEPT $(wc -c)", cancellationToken).ConfigureAwait(false), "what the next command finds");

        // The stream is read from where it stands, and stays the caller's.
        using var halves = new MemoryStream("firstsecond"u8.ToArray()) { Position = 5 };
        var half = new CollectingWriter();
        await shell.RunAsync(new ShellCommand("cat") { Input = halves }, half, cancellationToken).ConfigureAwait(false);
        ExpectEqual("second", half.OutputText, "what cat prints of a stream that stands in its middle");
        Expect(halves.CanRead, "the stream is not disposed", "it is");
    }, cancellationToken);

    private Task LargeInputArrives(CancellationToken cancellationToken) => UseAsync(async (_, shell) =>
    {
        var bytes = new byte[Large];
        Random.Shared.NextBytes(bytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var sum = await RunWithInputAsync(shell, "sha256sum", bytes, cancellationToken).ConfigureAwait(false);
        ExpectEqual(hash, sum.Split(' ')[0], "the SHA-256 of the input");
    }, cancellationToken);

    private Task InputMayBeLeft(CancellationToken cancellationToken) => UseAsync(async (_, shell) =>
    {
        var bytes = new byte[Large];
        ExpectEqual("unread\n", await RunWithInputAsync(shell, "echo unread", bytes, cancellationToken).ConfigureAwait(false), "the output of a command that does not read");
        ExpectEqual("unread\n", await RunWithInputAsync(shell, "echo unread", [1], cancellationToken).ConfigureAwait(false), "the output of a command that leaves a byte");
        ExpectEqual("3\n", await RunWithInputAsync(shell, "head -c 3 | wc -c; exec <&-", bytes, cancellationToken).ConfigureAwait(false), "the output of a command that stops reading");
        ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
        var result = await shell.RunAsync(new ShellCommand("exit 3") { Input = new MemoryStream(bytes) }, new CollectingWriter(), cancellationToken).ConfigureAwait(false);
        ExpectEqual(3, result.ExitCode, "the exit code of a command that ends its shell");
        ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");

        // A stream that never ends does not keep its command, and neither does a process in the background that holds it open.
        var endless = new Pipe();
        var command = new ShellCommand("sleep 300 <&0 & echo done") { Input = endless.Reader.AsStream() };
        ExpectEqual("done\n", await RunForOutputAsync(shell, command, cancellationToken).ConfigureAwait(false), "the output of a command with an endless input");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await shell.RunAsync(new ShellCommand("echo; sleep 300") { Input = new MemoryStream(bytes) }, new CollectingWriter { Written = cancel.Cancel }, cancel.Token).ConfigureAwait(false);
            Expect(false, "OperationCanceledException is thrown", "the command returned");
        }
        catch (OperationCanceledException)
        {
            ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the command after a canceled one");
        }
    }, cancellationToken);

    private Task InputIsLive(CancellationToken cancellationToken) => UseAsync(async (_, shell) =>
    {
        var pipe = new Pipe();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new CollectingWriter { Written = () => heard.TrySetResult() };
        var running = shell.RunAsync(new ShellCommand("read -r a; echo \"1 $a\"; read -r b; echo \"2 $b\"") { Input = pipe.Reader.AsStream() }, output, cancellationToken).AsTask();
        await pipe.Writer.WriteAsync("one\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await Task.WhenAny(heard.Task, running).WaitAsync(cancellationToken).ConfigureAwait(false);
        ExpectEqual("1 one\n", output.OutputText, "the output before the second line is there");
        await pipe.Writer.WriteAsync("two\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await running.ConfigureAwait(false);
        ExpectEqual("1 one\n2 two\n", output.OutputText, "the output");
    }, cancellationToken);

    private Task BrokenInputKills(CancellationToken cancellationToken) => UseAsync(async (_, shell) =>
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("half"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await pipe.Writer.CompleteAsync(new IOException("the line broke")).ConfigureAwait(false);
        try
        {
            await shell.RunAsync(new ShellCommand("cat; sleep 300") { Input = pipe.Reader.AsStream() }, new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            Expect(false, "the exception of the stream is thrown", "the command returned");
        }
        catch (IOException e)
        {
            ExpectEqual("the line broke", e.Message, "the message");
        }

        ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
    }, cancellationToken);

    private Task<string> RunWithInputAsync(ISandboxShell shell, string text, byte[] input, CancellationToken cancellationToken) =>
        RunForOutputAsync(shell, new ShellCommand(text) { Input = new MemoryStream(input) }, cancellationToken);
}
