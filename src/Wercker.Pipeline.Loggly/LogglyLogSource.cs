using Wercker.Pipeline.Loggly.Api;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Loggly;

/// <summary>The log of an application in Loggly.</summary>
/// <remarks>A query is Loggly's own, such as <c>json.application:shop json.level:error</c>; with the first generation of the API also <c>inputname:app</c>.</remarks>
public sealed class LogglyLogSource : ILogSource
{
    private readonly LogglyOptions _options;
    private readonly LogglyApi _api;

    /// <summary>Makes the source; contacts nobody.</summary>
    /// <param name="http">The client, of <see cref="LogglyHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">The account.</param>
    /// <exception cref="ConfigurationException">There is no domain, no token, or the domain is none.</exception>
    public LogglyLogSource(HttpClient http, LogglyOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _api = new LogglyApi(http, AddressOf(options), LogglyApi.Authorize(options));
        Name = $"loggly:{options.Domain ?? options.Url!.Host}";
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public TimeSpan Lag => _options.Lag;

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets => [.. new[] { _options.Token, _options.Password }.OfType<Secret>()];

    /// <inheritdoc />
    public IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _options.Legacy ? new LegacySearch(_api).ReadAsync(query, cancellationToken) : new EventIteration(_api).ReadAsync(query, cancellationToken);
    }

    private static Uri AddressOf(LogglyOptions options)
    {
        if (options.Url is { } url)
        {
            return url;
        }

        if (options.Domain is not { Length: > 0 } domain)
        {
            throw new ConfigurationException("Loggly: the domain is not set. Give that of your account: acme for acme.loggly.com.");
        }

        return domain.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? new Uri($"https://{domain}.loggly.com/")
            : throw new ConfigurationException($"Loggly: the domain '{domain}' is none. Give only the first part: acme for acme.loggly.com.");
    }
}
