using System.Text;
using Wercker.Pipeline.Ssh.Connections;

namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>
/// Asks Dokku by its commands, as https://dokku.com/docs/deployment/remote-commands/ describes: what is asked of ssh are the words of a dokku command. Dokku cuts
/// them at blanks and knows no quotes. All of it, git included, goes through one connection of OpenSSH's client, which takes several commands at a time.
/// </summary>
internal sealed class DokkuHost(DokkuOptions options) : IAsyncDisposable
{
    private const string Unknown = "is not a dokku command";
    private readonly OpenSshConnector _connector = new(options.Login);
    private readonly SemaphoreSlim _gate = new(1);
    private OpenSshConnection? _connection;

    public DokkuOptions Options => options;

    /// <summary>Runs a command whose output is its answer.</summary>
    public async Task<DokkuAnswer> AskAsync(string command, CancellationToken cancellationToken)
    {
        var (text, errors) = (new StringBuilder(), new StringBuilder());
        var exitCode = await RunAsync(
            command,
            (stream, bytes) =>
            {
                (stream == OutputStream.Error ? errors : text).Append(Encoding.UTF8.GetString(bytes.Span));
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        return new DokkuAnswer(exitCode, text.ToString().Trim(), errors.ToString().Trim());
    }

    /// <summary>Runs a command and hands on its output.</summary>
    /// <returns>Its exit code, for certain.</returns>
    public async Task<int> RunAsync(string command, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await connection.RunAsync(command, null, output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One value of a report of the app; null when Dokku has none.</summary>
    /// <exception cref="SshException">Dokku refuses.</exception>
    public async Task<string?> ReportAsync(string report, string flag, CancellationToken cancellationToken)
    {
        var answer = await AskAsync($"{report} {options.App} {flag}", cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { ExitCode: 0, Text.Length: > 0 } => answer.Text,
            { ExitCode: 0 } => null,
            _ when answer.Words.Contains("not deployed", StringComparison.Ordinal) => null,
            _ => throw new SshException(options.Host.Name, $"dokku {report} {options.App} {flag} failed with exit code {answer.ExitCode}: {answer.Words}"),
        };
    }

    /// <summary>True while a deployment of the app holds its lock. A Dokku that knows no locks counts as not locked.</summary>
    public async Task<bool> IsLockedAsync(CancellationToken cancellationToken) => (await AskAsync($"apps:locked {options.App}", cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    /// <summary>The connection; a new one when the last is lost, or has ended because nobody used it for a while.</summary>
    /// <exception cref="SshException">There is none to be had.</exception>
    public async Task<OpenSshConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { IsAlive: false } ended)
            {
                _connection = null;
                await ended.DisposeAsync().ConfigureAwait(false);
            }

            return _connection ??= (OpenSshConnection)await _connector.ConnectAsync(options.Host, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>True when the command's plugin is not installed.</summary>
    public static bool IsUnknown(DokkuAnswer answer) => answer.ExitCode != 0 && answer.Words.Contains(Unknown, StringComparison.Ordinal);
}

/// <summary>How a command of Dokku ended, and what it said.</summary>
internal sealed record DokkuAnswer(int ExitCode, string Text, string Errors)
{
    /// <summary>The end of what it said, on one line, without Dokku's marks of warnings.</summary>
    public string Words => string.Join(' ', $"{Text}\n{Errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.TrimStart('!', ' ')).TakeLast(4)) is { Length: > 0 } words
        ? words
        : "it said nothing";
}
