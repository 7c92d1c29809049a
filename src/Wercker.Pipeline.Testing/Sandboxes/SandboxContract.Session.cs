using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <content>Rules of the session.</content>
public sealed partial class SandboxContract
{
    private static readonly string[] BrokenCommands =
        ["if true; then", "echo 'unclosed", "echo \"unclosed", "}", "done", "cat <<END", "echo $(", "break 3", "return 5", "echo `", "[[ a", "$(echo \"", "x=("];

    private async Task ExportsPersist(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            await RunForOutputAsync(shell, "export COLOR=green; shape=round; greet() { echo \"hello $1\"; }", cancellationToken).ConfigureAwait(false);
            var output = await RunForOutputAsync(shell, "bash -c 'echo $COLOR'; echo $shape; greet you", cancellationToken).ConfigureAwait(false);
            ExpectEqual("green\nround\nhello you\n", output, "what the next command sees of an export, a variable and a function");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task WorkingDirectoryPersists(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            await RunForOutputAsync(shell, "mkdir -p one/two; cd one/two", cancellationToken).ConfigureAwait(false);
            ExpectEqual($"{sandbox.Root}/one/two\n", await RunForOutputAsync(shell, "pwd", cancellationToken).ConfigureAwait(false), "the working directory of the next command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task CommandsStartInRoot(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var output = await RunForOutputAsync(shell, "pwd; echo \"$WERCKER_ROOT\"", cancellationToken).ConfigureAwait(false);
            ExpectEqual($"{sandbox.Root}\n{sandbox.Root}\n", output, "the first working directory and WERCKER_ROOT");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task ExitCodesAreReported(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            foreach (var (text, expected) in new[] { ("true", 0), ("false", 1), ("(exit 42)", 42), ("bash -c 'exit 255'", 255), ("no-such-program-here", 127), ("bash -c 'kill -9 $$'", 137) })
            {
                var result = await shell.RunAsync(new ShellCommand(text), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
                ExpectEqual(expected, result.ExitCode, $"the exit code of '{text}'");
                ExpectEqual(CommandEnd.Exited, result.End, $"the end of '{text}'");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task LastStatusIsRestored(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            await shell.RunAsync(new ShellCommand("(exit 7)"), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            ExpectEqual("7\n", await RunForOutputAsync(shell, "echo $?", cancellationToken).ConfigureAwait(false), "$? after a command that exited with 7");
            ExpectEqual("0\n", await RunForOutputAsync(shell, "echo $?", cancellationToken).ConfigureAwait(false), "$? after a command that succeeded");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task StandardInputIsEmpty(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            ExpectEqual("0\n", await RunForOutputAsync(shell, "cat | wc -c", cancellationToken).ConfigureAwait(false), "the number of bytes on stdin");
            ExpectEqual("nothing\n", await RunForOutputAsync(shell, "read -r line || echo nothing", cancellationToken).ConfigureAwait(false), "what read finds");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task PipelineHasLastStatus(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            await RunForOutputAsync(shell, "false | true", cancellationToken).ConfigureAwait(false);

            // Also: a process that writes to a closed pipe dies of it, so the signal is not ignored.
            ExpectEqual("y\n141 0\n", await RunForOutputAsync(shell, "yes | head -n 1; echo \"${PIPESTATUS[@]}\"", cancellationToken).ConfigureAwait(false), "the output of a cut-off pipeline");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task HistoryExpansionIsOff(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            ExpectEqual("Hello World~!x !!\n", await RunForOutputAsync(shell, "echo \"Hello World~!x !!\"", cancellationToken).ConfigureAwait(false), "the text with exclamation marks");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task CommandMayHaveSeveralLines(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var output = await RunForOutputAsync(shell, "for i in 1 2\ndo\n  echo \"line $i\"\ndone\ncat <<END\n'quoted' $((1+1))\nEND\n", cancellationToken).ConfigureAwait(false);
            ExpectEqual("line 1\nline 2\n'quoted' 2\n", output, "the output of a loop and a here-document");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task SpecialCharactersSurvive(CancellationToken cancellationToken)
    {
        const string awkward = "a'b\"c`d$e\\f\tg é 漢字 🚀 !%*?[x] ~ # & | ; < > ( ) { }\nsecond line\\n";
        await UseAsync(async (sandbox, shell) =>
        {
            ExpectEqual(awkward, await RunForOutputAsync(shell, "printf %s \"$AWKWARD\"", cancellationToken).ConfigureAwait(false), "the variable's value");
            var quoted = "'" + awkward.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
            ExpectEqual(awkward, await RunForOutputAsync(shell, $"printf %s {quoted}", cancellationToken).ConfigureAwait(false), "the text in the command");
        }, cancellationToken, new DeployEnvironment().Set("AWKWARD", awkward)).ConfigureAwait(false);
    }

    private async Task SyntaxErrorIsContained(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            foreach (var broken in BrokenCommands)
            {
                await shell.RunAsync(new ShellCommand(broken), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
                ExpectEqual("fine\n", await RunForOutputAsync(shell, "echo fine", cancellationToken).ConfigureAwait(false), $"the output of the command after '{broken}'");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task LongCommandRuns(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var length = 300_000;
            var output = await RunForOutputAsync(shell, $"text={new string('x', length)}; echo ${{#text}}", cancellationToken).ConfigureAwait(false);
            ExpectEqual($"{length}\n", output, "the length of a text in the command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task ExitEndsShell(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            foreach (var (text, code) in new[] { ("export LOST=1; echo bye; exit 3", 3), ("exec bash -c 'echo bye; exit 4'", 4), ("set -u; echo bye; echo $unset_variable", 127), ("echo bye; exit", 0) })
            {
                var output = new CollectingWriter();
                var result = await shell.RunAsync(new ShellCommand(text), output, cancellationToken).ConfigureAwait(false);
                Expect(result.ExitCode == code || (code == 127 && result.ExitCode != 0), $"the exit code of '{text}' is {code}", $"it is {result.ExitCode}");
                ExpectEqual("bye\n", output.OutputText, $"the output of '{text}'");
                Expect(result.Detail is not null, $"the detail of '{text}' says that the shell ended", "there is none");
                ExpectEqual("lost\n", await RunForOutputAsync(shell, "echo ${LOST-lost}", cancellationToken).ConfigureAwait(false), "what the next command sees");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task ErrexitEndsShell(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            await shell.RunAsync(new ShellCommand("(exit 9)"), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            ExpectEqual("9\n", await RunForOutputAsync(shell, "echo $?; set -e", cancellationToken).ConfigureAwait(false), "$?");
            await RunForOutputAsync(shell, "if false; then :; fi; true", cancellationToken).ConfigureAwait(false);
            var output = new CollectingWriter();
            var result = await shell.RunAsync(new ShellCommand("echo one; (exit 6); echo two"), output, cancellationToken).ConfigureAwait(false);
            ExpectEqual(6, result.ExitCode, "the exit code of the command that failed under set -e");
            ExpectEqual("one\n", output.OutputText, "its output");
            ExpectEqual("on\n", await RunForOutputAsync(shell, "false; echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task KilledShellIsRenewed(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var result = await shell.RunAsync(new ShellCommand("kill -9 $$"), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            ExpectEqual(137, result.ExitCode, "the exit code of a shell that killed itself");
            ExpectEqual("back\n", await RunForOutputAsync(shell, "echo back", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task ExitTrapRuns(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var trapped = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
            await RunForOutputAsync(trapped, "trap 'echo end > trapped' EXIT", cancellationToken).ConfigureAwait(false);
            await trapped.DisposeAsync().ConfigureAwait(false);
            ExpectEqual("end\n", await RunForOutputAsync(shell, "cat trapped", cancellationToken).ConfigureAwait(false), "what the trap wrote");
        }, cancellationToken).ConfigureAwait(false);
    }
}
