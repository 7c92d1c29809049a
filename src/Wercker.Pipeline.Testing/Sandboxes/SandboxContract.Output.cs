using System.Globalization;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <content>Rules of the output and of the environment.</content>
public sealed partial class SandboxContract
{
    private async Task OrderIsKept(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var output = new CollectingWriter();
            await shell.RunAsync(new ShellCommand("for i in $(seq 20000); do echo $i; echo $i >&2; done"), output, cancellationToken).ConfigureAwait(false);
            var expected = string.Concat(Enumerable.Range(1, 20000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n"));
            Expect(output.OutputText == expected, "stdout is in order and whole", $"{output.OutputText.Length} of {expected.Length} characters differ from it");
            Expect(output.ErrorText == expected, "stderr is in order and whole", $"{output.ErrorText.Length} of {expected.Length} characters differ from it");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task UnfinishedLineIsWhole(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            ExpectEqual("no newline", await RunForOutputAsync(shell, "printf 'no newline'", cancellationToken).ConfigureAwait(false), "the output");
            ExpectEqual("", await RunForOutputAsync(shell, ":", cancellationToken).ConfigureAwait(false), "the output of a command without any");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task BinaryOutputIsUnchanged(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var output = new CollectingWriter();
            var escapes = string.Concat(Enumerable.Range(0, 256).Select(i => $"\\x{i:x2}"));
            await shell.RunAsync(new ShellCommand($"printf '{escapes}'"), output, cancellationToken).ConfigureAwait(false);
            Expect(output.Output.AsSpan().SequenceEqual(Enumerable.Range(0, 256).Select(i => (byte)i).ToArray()), "all 256 bytes come through", $"{Convert.ToHexString(output.Output)} came");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task OutputBelongsToItsCommand(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            for (var i = 0; i < 100; i++)
            {
                var expected = new string((char)('a' + (i % 26)), i * 197) + "\n";
                var output = await RunForOutputAsync(shell, $"printf '%s\\n' {expected}", cancellationToken).ConfigureAwait(false);
                Expect(output == expected, $"command {i} has {expected.Length} characters of its own output", $"it has {output.Length}");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task LargeOutputIsBounded(CancellationToken cancellationToken)
    {
        const long total = 50_000_000;
        const long allowed = 20_000_000;
        await UseAsync(async (sandbox, shell) =>
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var writer = new SlowWriter(before + allowed);
            var command = new ShellCommand($"head -c {total} /dev/zero");
            await shell.RunAsync(command, writer, cancellationToken).ConfigureAwait(false);
            ExpectEqual(total, writer.Count, "the number of bytes");
            Expect(writer.PeakMemory - before < allowed, $"memory grows by less than {allowed} bytes", $"it grew by {writer.PeakMemory - before}");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task BackgroundDoesNotHang(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var started = TimeProvider.System.GetTimestamp();
            ExpectEqual("started\n", await RunForOutputAsync(shell, "sleep 60 & echo started", cancellationToken).ConfigureAwait(false), "the output");
            var took = TimeProvider.System.GetElapsedTime(started);
            Expect(took < TimeSpan.FromSeconds(20), "the command ends at once", $"it took {took}");

            // One that fills the pipe must not keep the end of the command from being seen.
            ExpectEqual("y\n", (await RunForOutputAsync(shell, "yes & sleep 0.1; kill $!; wait $!; true", cancellationToken).ConfigureAwait(false))[..2], "the beginning of the output");
            ExpectEqual("after\n", await RunForOutputAsync(shell, "echo after", cancellationToken).ConfigureAwait(false), "the output of the next command");
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriterExceptionReachesCaller(CancellationToken cancellationToken)
    {
        await UseAsync(async (sandbox, shell) =>
        {
            var writer = new CollectingWriter { Written = () => throw new TimeZoneNotFoundException("thrown by the writer") };
            try
            {
                await shell.RunAsync(new ShellCommand("echo one; sleep 60"), writer, cancellationToken).ConfigureAwait(false);
                Expect(false, "the writer's exception is thrown", "the command returned");
            }
            catch (TimeZoneNotFoundException)
            {
                ExpectEqual("on\n", await RunForOutputAsync(shell, "echo on", cancellationToken).ConfigureAwait(false), "the output of the next command");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task EnvironmentDoesNotLeak(CancellationToken cancellationToken)
    {
        var name = "LEAK_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "leaked");
        try
        {
            await UseAsync(async (_, shell) =>
            {
                var output = await RunForOutputAsync(shell, "env; set", cancellationToken).ConfigureAwait(false);
                Expect(!output.Contains(name, StringComparison.Ordinal), "a variable of the calling process is not there", "it is");
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    private async Task SpecifiedEnvironmentIsThere(CancellationToken cancellationToken)
    {
        var environment = new DeployEnvironment().Set("URL", "http://example.test/?a=1&b=2").Set("EMPTY", "").Set("LANG", "C");
        await UseAsync(async (sandbox, shell) =>
        {
            var output = await RunForOutputAsync(shell, "bash -c 'echo \"$URL|${EMPTY-unset}|$LANG|$WERCKER_ROOT\"'", cancellationToken).ConfigureAwait(false);
            ExpectEqual($"http://example.test/?a=1&b=2||C|{sandbox.Root}\n", output, "what a program sees");
        }, cancellationToken, environment).ConfigureAwait(false);
    }

    private async Task SecretFileIsPrivate(CancellationToken cancellationToken)
    {
        const string key = "-----BEGIN KEY-----\nfirst 'line' $HOME\nsecond\\n\n-----END KEY-----\n";
        var spec = new SandboxSpec { DeploymentId = "contract", Environment = new DeployEnvironment().SetSecret("KEY", new Secret(key)), SecretFiles = ["KEY"] };
        var sandbox = await _createProvider().CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        await using var ending = sandbox.ConfigureAwait(false);
        for (var session = 1; session <= 2; session++)
        {
            var shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = shell.ConfigureAwait(false);
            for (var bash = 1; bash <= 2; bash++)
            {
                ExpectEqual(key, await RunForOutputAsync(shell, "cat \"$KEY\"", cancellationToken).ConfigureAwait(false), $"the file in bash {bash} of session {session}");
                ExpectEqual("600 700\n", await RunForOutputAsync(shell, "echo $(stat -c %a \"$KEY\" \"${KEY%/*}\")", cancellationToken).ConfigureAwait(false), "the modes of the file and its directory");
                ExpectEqual("0\n", await RunForOutputAsync(shell, "env | grep -c 'BEGIN KEY' || true", cancellationToken).ConfigureAwait(false), "how often the secret stands in the environment");
                await shell.RunAsync(new ShellCommand("exit 0"), new CollectingWriter(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes about 10 ms per megabyte.</summary>
    /// <param name="limit">Where memory begins to look like too much: then only what is still in use counts.</param>
    private sealed class SlowWriter(long limit) : IOutputWriter
    {
        private long _nextPause;

        public long Count { get; private set; }

        public long PeakMemory { get; private set; }

        public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Count += bytes.Length;
            if (Count >= _nextPause)
            {
                _nextPause += 1_000_000;
                var memory = GC.GetTotalMemory(forceFullCollection: false);
                PeakMemory = Math.Max(PeakMemory, memory < limit ? memory : GC.GetTotalMemory(forceFullCollection: true));
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
