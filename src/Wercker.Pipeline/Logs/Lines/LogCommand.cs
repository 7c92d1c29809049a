using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>A command in the sandbox that prints the lines of a log. It is told the window by variables and may print more.</summary>
/// <param name="command">The command.</param>
/// <param name="zone">The zone of times that name none.</param>
/// <param name="context">The running deployment; null before there is one.</param>
internal sealed class LogCommand(string command, TimeZoneInfo zone, DeployContext? context = null) : IBoundLogSource
{
    private const string FromVariable = "WERCKER_LOG_FROM";
    private const string UntilVariable = "WERCKER_LOG_UNTIL";
    private const int ShownLength = 60;
    private const int Waiting = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <inheritdoc />
    public string Name => $"command {(command.Length > ShownLength ? string.Concat(command.AsSpan(0, ShownLength), "…") : command)}";

    /// <inheritdoc />
    public ValueTask MarkAsync(DeployContext running, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public ILogSource Bind(DeployContext running, TestWindow window) => new LogCommand(command, zone, running);

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var sandbox = (context ?? throw new InvalidOperationException($"{Name} runs in the sandbox of a deployment, and there is none.")).Sandbox;
        var assembler = new EntryAssembler(new LineClock(zone), query, EntryAssembler.FilterOf(query));
        var channel = Channel.CreateBounded<LogEntry>(Waiting);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        await using (shell.ConfigureAwait(false))
        {
            var running = RunAsync(shell, query, new Output(assembler, channel.Writer), channel.Writer, abandoned.Token);
            try
            {
                await foreach (var entry in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return entry;
                }

                await running.ConfigureAwait(false);
            }
            finally
            {
                // Nobody reads any more: the command is ended, not waited for.
                await abandoned.CancelAsync().ConfigureAwait(false);
                await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (assembler.HasSeenOrphan && !assembler.HasSeenTime)
        {
            throw new InvalidDataException($"{Name} prints lines without a time, so they cannot be told from those before the deployment. Let it print times.");
        }
    }

    private async Task RunAsync(ISandboxShell shell, SourceQuery query, Output output, ChannelWriter<LogEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            var variables = string.Create(CultureInfo.InvariantCulture, $"export {FromVariable}={query.From.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {UntilVariable}={query.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n");
            var result = await shell.RunAsync(new ShellCommand(variables + command) { Hidden = true, Timeout = Limit }, output, cancellationToken).ConfigureAwait(false);
            await output.CompleteAsync(cancellationToken).ConfigureAwait(false);
            entries.Complete(result.Succeeded ? null : new InvalidOperationException($"{Name} ended with exit code {result.ExitCode}{output.LastError}."));
        }
        catch (Exception e)
        {
            entries.TryComplete(e);
        }
    }

    private sealed class Output(EntryAssembler assembler, ChannelWriter<LogEntry> entries) : IOutputWriter
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder _line = new();
        private readonly StringBuilder _errors = new();

        public string LastError => _errors.Length == 0 ? string.Empty : $": {_errors.ToString().Trim()}";

        public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (stream == OutputStream.Error)
            {
                _errors.Append(Encoding.UTF8.GetString(bytes.Span));
                _errors.Remove(0, Math.Max(0, _errors.Length - 500));
                return;
            }

            var text = new char[_decoder.GetCharCount(bytes.Span, flush: false)];
            _decoder.GetChars(bytes.Span, text, flush: false);
            for (var rest = text.AsMemory(); ;)
            {
                var end = rest.Span.IndexOf('\n');
                if (end < 0)
                {
                    _line.Append(rest.Span);
                    return;
                }

                _line.Append(rest.Span[..end]);
                rest = rest[(end + 1)..];
                await EndLineAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask CompleteAsync(CancellationToken cancellationToken)
        {
            await EndLineAsync(cancellationToken).ConfigureAwait(false);
            await WriteAsync(assembler.Complete(), cancellationToken).ConfigureAwait(false);
        }

        private ValueTask EndLineAsync(CancellationToken cancellationToken)
        {
            var line = _line.ToString().TrimEnd('\r');
            _line.Clear();
            return WriteAsync(assembler.Add(line), cancellationToken);
        }

        private ValueTask WriteAsync(LogEntry? entry, CancellationToken cancellationToken) =>
            entry is null ? ValueTask.CompletedTask : entries.WriteAsync(entry, cancellationToken);
    }
}
