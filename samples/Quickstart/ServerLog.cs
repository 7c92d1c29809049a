using System.Globalization;
using System.Runtime.CompilerServices;
using Wercker.Pipeline;
using Wercker.Pipeline.Logs;

namespace Samples.Quickstart;

/// <summary>Reads the web server's access log. The query is the HTTP status to look for.</summary>
public sealed class ServerLog(SiteDirectory site) : ILogSource
{
    public string Name => "access log";

    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = new StreamReader(new FileStream(site.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (await file.ReadLineAsync(cancellationToken) is { } line)
        {
            // 2013-04-19T10:15:00.0000000+00:00 500 GET / InvalidOperationException: ...
            var fields = line.Split(' ', 3);
            var at = DateTimeOffset.Parse(fields[0], CultureInfo.InvariantCulture);
            if (at >= query.From && at < query.Until && fields[1] == query.Text)
            {
                yield return new LogEntry(at, line);
            }
        }
    }
}
