using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Ssh.Dokku;

namespace Wercker.Pipeline.Ssh;

/// <summary>The log of an app on Dokku, read by <c>dokku logs</c>.</summary>
/// <remarks>
/// A query is a regular expression over the text of a line. Of each process the last 10,000 lines are read; when there were more, the test knows that lines are missing.
/// Dokku shows the logs of the processes that run, and not of those that a later deployment has replaced. A host that cannot be read throws.
/// </remarks>
public sealed partial class DokkuLogSource : ILogSource
{
    private const int MostLines = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly DokkuOptions _options;

    /// <summary>Makes the source; contacts nobody.</summary>
    /// <param name="options">The app.</param>
    /// <param name="name">Names the source in reports.</param>
    public DokkuLogSource(DokkuOptions options, string name = "dokku")
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var pattern = query.Text.Length == 0 ? null : new Regex(query.Text, RegexOptions.CultureInvariant, Patience);
        var host = new DokkuHost(_options);
        await using var closing = host.ConfigureAwait(false);
        var answer = await host.AskAsync(string.Create(CultureInfo.InvariantCulture, $"logs {_options.App} -n {MostLines}"), cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode != 0)
        {
            throw new SshException(_options.Host.Name, $"the log of {_options.App} cannot be read: {answer.Words}");
        }

        var entries = Parse(answer.Text).ToList();
        foreach (var process in entries.GroupBy(entry => entry.Origin).Where(process => process.Count() >= MostLines && process.Min(entry => entry.At) > query.From))
        {
            yield return new LogEntry(query.From, $"only the last {MostLines} lines of {process.Key} could be read", process.Key) { Lost = true };
        }

        foreach (var entry in entries.Where(entry => entry.At >= query.From && entry.At < query.Until && pattern?.IsMatch(entry.Message) != false).OrderBy(entry => entry.At))
        {
            yield return entry;
        }
    }

    /// <summary>Lines such as "2026-03-01T12:00:00.000000000Z app[web.1]: text", whose beginning is colored.</summary>
    internal static IEnumerable<LogEntry> Parse(string text)
    {
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (Line().Match(line) is { Success: true } match)
            {
                yield return new LogEntry(DateTimeOffset.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), match.Groups["text"].Value, match.Groups["process"].Value);
            }
            else if (line.Length > 0)
            {
                throw new FormatException($"Dokku's log has a line that says no time: {line[..Math.Min(80, line.Length)]}");
            }
        }
    }

    [GeneratedRegex(@"^(?:\x1b\[[0-9;]*m)?(?<time>\d{4}-\d\d-\d\dT\S+Z) (?:app\[(?<process>[^\]]+)\]|(?<process>\S+)):(?:\x1b\[[0-9;]*m)? ?(?<text>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
