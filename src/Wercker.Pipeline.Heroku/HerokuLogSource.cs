using System.Runtime.CompilerServices;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Logs;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku;

/// <summary>The log of a Heroku app, through log sessions.</summary>
/// <remarks>
/// A query is a regular expression over the text of a line, with source:NAME (app, heroku) and dyno:NAME (web, web.1, router) in
/// front of it if need be: <c>dyno:web "level":"error"</c>. When the platform says that lines were lost (L10, L11, L12, L15), or the
/// window reaches back behind its buffer of 1500 lines, an entry says so (<see cref="LogEntry.Lost"/>), whatever the query: a test
/// that finds no error besides is inconclusive. A log that cannot be read at all throws.
/// </remarks>
public sealed class HerokuLogSource : ILogSource
{
    /// <summary>The query for what the platform itself counts as an error: router errors (H10 to H99) and those of dynos (R10 to R99). The maintenance page (H80) is none.</summary>
    public const string PlatformErrors = @"source:heroku ^at=error |Error R\d\d";

    private readonly HerokuApi _api;

    /// <summary>Makes the source.</summary>
    /// <param name="http">The client, of <see cref="HerokuHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">App and ApiKey must be set here; there is no deployment to take them from.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ConfigurationException">App or ApiKey are missing.</exception>
    public HerokuLogSource(HttpClient http, HerokuOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        var app = options.App ?? throw new ConfigurationException("HerokuLogSource: App is not set. Name the app whose log is to be read.");
        var key = options.ApiKey ?? throw new ConfigurationException("HerokuLogSource: ApiKey is not set. Without a key no log can be read.");
        _api = new HerokuApi(http, options.ApiUrl, key, app, timeProvider ?? TimeProvider.System) { RateLimitPatience = options.RateLimitPatience };
        Name = $"heroku:{app}";
        Secrets = [key];
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string ErrorQuery => PlatformErrors;

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets { get; }

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = LogFilter.Parse(query.Text);
        await foreach (var line in new LogWindow(_api, query.From, query.Until).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (line.IsLoss)
            {
                yield return new LogEntry(line.At, $"lines of the log of {_api.App} are missing: {line.Message}", OriginOf(line)) { Lost = true };
            }
            else if (filter.Matches(line))
            {
                yield return new LogEntry(line.At, line.Message, OriginOf(line));
            }
        }
    }

    private static string? OriginOf(LogLine line) => line.Process.Length == 0 ? null : line.Process;
}
