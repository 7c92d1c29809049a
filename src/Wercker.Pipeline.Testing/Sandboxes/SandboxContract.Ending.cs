using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <content>Rules of ending commands, of files and of keeping sandboxes apart.</content>
public sealed partial class SandboxContract
{
    private async Task CancelKills(CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await UseAsync(async (sandbox, shell) =>
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var output = new CollectingWriter { Written = cancel.Cancel };
            try
            {
                await shell.RunAsync(new ShellCommand("sleep 300 & (sleep 300; true) & echo running; sleep 300"), output, cancel.Token).ConfigureAwait(false);
                Expect(false, "OperationCanceledException is thrown", "the command returned");
            }
            catch (OperationCanceledException)
            {
                Expect(!IsAlive(token), "nothing of the command lives when the exception is thrown", "a process lives");
            }

            ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken, new DeployEnvironment().Set("CONTRACT_TOKEN", token)).ConfigureAwait(false);
    }

    private async Task TimeoutKills(CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await UseAsync(async (sandbox, shell) =>
        {
            var output = new CollectingWriter();
            var command = new ShellCommand("while true; do echo tick; sleep 0.05; done") { Timeout = TimeSpan.FromMilliseconds(400) };
            var result = await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
            ExpectEqual(CommandEnd.TimedOut, result.End, "the end");
            Expect(result.ExitCode > 128, "the exit code tells of a signal", $"it is {result.ExitCode}");
            Expect(!result.Succeeded && result.Detail is not null, "the result says what happened", "it does not");
            Expect(output.OutputText.StartsWith("tick\n", StringComparison.Ordinal), "output before the timeout is there", $"it is '{output.OutputText}'");
            Expect(!IsAlive(token), "nothing of the command lives", "a process lives");
            ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken, new DeployEnvironment().Set("CONTRACT_TOKEN", token)).ConfigureAwait(false);
    }

    private async Task SilenceKills(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var command = new ShellCommand("echo last words; sleep 300") { NoOutputTimeout = TimeSpan.FromMilliseconds(300) };
            var output = new CollectingWriter();
            var result = await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
            ExpectEqual(CommandEnd.Silent, result.End, "the end");
            ExpectEqual("last words\n", output.OutputText, "the output");
            ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task OutputPreventsSilence(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var command = new ShellCommand("for i in 1 2 3 4 5 6; do sleep 0.4; printf . >&2; done") { NoOutputTimeout = TimeSpan.FromSeconds(2) };
            var result = await shell.RunAsync(command, new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            Expect(result.Succeeded, "a command that prints a dot every 400 ms outlives a no-output timeout of 2 s", $"it ended with {result}");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task StubbornProcessIsKilled(CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await UseAsync(async (sandbox, shell) =>
        {
            var command = new ShellCommand("trap '' TERM; while true; do sleep 0.1; done") { Timeout = TimeSpan.FromMilliseconds(300) };
            var result = await shell.RunAsync(command, new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            ExpectEqual(CommandEnd.TimedOut, result.End, "the end");
            Expect(!IsAlive(token), "nothing of the command lives", "a process lives");
        }, cancellationToken, new DeployEnvironment().Set("CONTRACT_TOKEN", token)).ConfigureAwait(false);
    }

    private async Task EscapedProcessIsKilled(CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await UseAsync(async (_, shell) =>
        {
            // Out of the session and the process group, and its parent is gone.
            await RunForOutputAsync(shell, "(setsid sleep 300 >/dev/null 2>&1 &) ; (setsid bash -c 'trap \"\" TERM HUP; sleep 300; true' &)", cancellationToken).ConfigureAwait(false);
            Expect(IsAlive(token), "the processes run while the sandbox lives", "they do not");
        }, cancellationToken, new DeployEnvironment().Set("CONTRACT_TOKEN", token)).ConfigureAwait(false);

        Expect(!IsAlive(token), "they are dead after dispose", "one lives");
    }

    private async Task CopiesKeepModes(CancellationToken cancellationToken)
    {
        var outside = Directory.CreateTempSubdirectory("contract").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(outside, "in/bin"));
            await File.WriteAllTextAsync(Path.Combine(outside, "in/bin/run"), "#!/bin/bash\necho ran\n", cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(outside, "in/secret"), "s", cancellationToken).ConfigureAwait(false);
            File.CreateSymbolicLink(Path.Combine(outside, "in/link"), "bin/run");
            SetMode(Path.Combine(outside, "in/bin/run"), "755");
            SetMode(Path.Combine(outside, "in/secret"), "600");
            await UseAsync(async (sandbox, shell) =>
            {
                await sandbox.CopyInAsync(Path.Combine(outside, "in"), "copied", cancellationToken).ConfigureAwait(false);
                await sandbox.CopyInAsync(Path.Combine(outside, "in/bin/run"), "tools/single", cancellationToken).ConfigureAwait(false);
                var listing = await RunForOutputAsync(shell, "copied/bin/run; copied/link; tools/single; stat -c %a copied/bin/run copied/secret; readlink copied/link", cancellationToken).ConfigureAwait(false);
                ExpectEqual("ran\nran\nran\n755\n600\nbin/run\n", listing, "what was copied in");

                await RunForOutputAsync(shell, "mkdir -p made; echo made > made/file; chmod 640 made/file; ln -s file made/alias", cancellationToken).ConfigureAwait(false);
                await sandbox.CopyOutAsync("made", Path.Combine(outside, "out"), cancellationToken).ConfigureAwait(false);
                await sandbox.CopyOutAsync($"{sandbox.Root}/made/file", Path.Combine(outside, "one"), cancellationToken).ConfigureAwait(false);
                ExpectEqual("640", ModeOf(Path.Combine(outside, "out/file")), "the mode of a file in a directory copied out");
                ExpectEqual("640", ModeOf(Path.Combine(outside, "one")), "the mode of a file copied out");
                ExpectEqual("file", new FileInfo(Path.Combine(outside, "out/alias")).LinkTarget, "the target of a link copied out");
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    private async Task DisposeRemovesEverything(CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        var sandbox = await CreateAsync(cancellationToken, new DeployEnvironment().Set("CONTRACT_TOKEN", token)).ConfigureAwait(false);
        var shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        await RunForOutputAsync(shell, "mkdir -p locked/deep; echo x > locked/deep/file; ln -s / locked/rootlink; chmod -R a-w locked 2>/dev/null; chmod 0 locked/deep; sleep 300 & true", cancellationToken).ConfigureAwait(false);
        var running = shell.RunAsync(new ShellCommand("sleep 300"), new CollectingWriter(), cancellationToken).AsTask();
        await sandbox.DisposeAsync().ConfigureAwait(false);
        await sandbox.DisposeAsync().ConfigureAwait(false);
        Expect(!Directory.Exists(sandbox.Root), "the root is gone", $"{sandbox.Root} exists");
        Expect(!IsAlive(token), "every process is dead", "one lives");
        try
        {
            await running.ConfigureAwait(false);
            Expect(false, "a command that ran during dispose throws SandboxException", "it returned");
        }
        catch (SandboxException)
        {
            Expect(Directory.Exists("/"), "links are not followed", "they were");
        }
    }

    private async Task SandboxesAreApart(CancellationToken cancellationToken)
    {
        await UseAsync(async (_, shell) =>
        {
            await RunForOutputAsync(shell, "echo mine > file; export ONLY=first; sleep 300 & true", cancellationToken).ConfigureAwait(false);
            await UseAsync(
                async (_, other) => ExpectEqual(
                    "second none\n",
                    await RunForOutputAsync(other, "echo $WHO ${ONLY-none}; test ! -e file", cancellationToken).ConfigureAwait(false),
                    "what the second sandbox sees"),
                cancellationToken,
                new DeployEnvironment().Set("WHO", "second")).ConfigureAwait(false);
            ExpectEqual("mine\n", await RunForOutputAsync(shell, "cat file; kill -0 $!", cancellationToken).ConfigureAwait(false), "what is left of the first after the second is gone");
        }, cancellationToken, new DeployEnvironment().Set("WHO", "first")).ConfigureAwait(false);
    }

    private static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
        }
    }

    private static string ModeOf(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path) & 0x1FF, 8);
}
