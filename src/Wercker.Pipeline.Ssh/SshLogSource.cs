using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Logs;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh;

/// <summary>The logs of hosts: of a systemd unit from its journal, or of files.</summary>
/// <remarks>
/// A query is a regular expression over the text of an entry, in whatever case. The lines of files must say when they were written, in any of the ways that
/// log files on this machine may have; without a zone they count as UTC. A line without a time belongs to the one before it. Hosts are read anew each time, and
/// one that cannot be read throws: what was not seen is not taken for silence.
/// </remarks>
public sealed class SshLogSource : ILogSource
{
    private const long MostBytes = 64 * 1024 * 1024;
    private readonly IReadOnlyList<SshHost> _hosts;
    private readonly ISshConnector _connector;

    /// <summary>Makes the source; contacts nobody.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="login">How they are connected to.</param>
    /// <param name="name">Names the source in reports.</param>
    public SshLogSource(IReadOnlyList<SshHost> hosts, SshLogin login, string name = "ssh")
    {
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentNullException.ThrowIfNull(login);
        _hosts = hosts;
        _connector = SshTarget.ConnectorOf(login);
        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>The systemd unit whose journal is read; null for <see cref="Files"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>The files that are read, and of each the one that a rotation set aside last (".1"). Empty by default.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (Unit is null && Files.Count == 0)
        {
            throw new ConfigurationException($"The log source {Name} has neither a unit nor files.");
        }

        var found = new List<LogEntry>();
        await Parallel.ForEachAsync(_hosts, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (host, token) =>
        {
            var entries = await ReadHostAsync(host, query, token).ConfigureAwait(false);
            lock (found)
            {
                found.AddRange(entries);
            }
        }).ConfigureAwait(false);
        foreach (var entry in found.OrderBy(entry => entry.At))
        {
            yield return entry;
        }
    }

    private async Task<IReadOnlyList<LogEntry>> ReadHostAsync(SshHost host, SourceQuery query, CancellationToken cancellationToken)
    {
        // Nobody can guess it, so nobody can write it into a log.
        var beginning = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))} ";
        var lines = new LogLines(host.Name, query, Unit is null ? beginning : null);
        var connection = await _connector.ConnectAsync(host, cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var run = new HostRun(connection, line =>
        {
            lines.Take(line);
            return ValueTask.CompletedTask;
        });
        var reply = await run.RunAsync(
            LogScripts.Read.With(
                ("unit", Unit ?? string.Empty),
                ("files", string.Join('\n', Files)),
                ("beginning", beginning),
                ("most", MostBytes.ToString(CultureInfo.InvariantCulture)),
                ("since", query.From.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ("until", (query.Until.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture))),
            null,
            null,
            cancellationToken).ConfigureAwait(false);
        if (reply.ExitCode != 0 || !reply.Has("done"))
        {
            throw new SshException(host.Name, $"its log cannot be read: {reply.Complaint()}");
        }

        return lines.End(reply.All("cut"));
    }
}
