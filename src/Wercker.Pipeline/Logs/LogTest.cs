namespace Wercker.Pipeline.Logs;

/// <summary>What the log test asks, how long after the deployment, and how much is too much.</summary>
public sealed class LogTest
{
    private readonly List<(ILogSource Source, string Query)> _queries = [];

    /// <summary>The queries that retrieve errors.</summary>
    internal IReadOnlyList<(ILogSource Source, string Query)> Queries => _queries;

    internal TimeSpan Delay { get; private set; } = TimeSpan.FromMinutes(3);

    internal TestWindow? Past { get; private set; }

    internal int Allowed { get; private set; }

    /// <summary>Asks a source with a query that retrieves errors.</summary>
    /// <param name="source">The source.</param>
    /// <param name="errorQuery">The query in the source's own language.</param>
    /// <returns>This test.</returns>
    public LogTest From(ILogSource source, string errorQuery)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(errorQuery);
        _queries.Add((source, errorQuery));
        return this;
    }

    /// <summary>Looks at a deployment of the past instead of the running one, so that limits can be tried before they may block anybody.</summary>
    /// <param name="window">When it was. A window that ends in the future is waited for.</param>
    /// <returns>This test.</returns>
    public LogTest Over(TestWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        Past = window.Until > window.From ? window : throw new ConfigurationException($"The window of the test ends at {window.Until:O} and begins at {window.From:O}: it must end later.");
        return this;
    }

    /// <summary>Waits so long for the log to fill, and looks at this much of it. Default: 3 minutes.</summary>
    /// <param name="delay">The time from the end of the post-deploy test on; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public LogTest After(TimeSpan delay)
    {
        Delay = delay > TimeSpan.Zero ? delay : throw new ConfigurationException($"The log test's delay is {delay}: it must be longer than zero.");
        return this;
    }

    /// <summary>Fails when a query finds any entry. This is the default.</summary>
    /// <returns>This test.</returns>
    public LogTest FailOnAny() => FailOnMoreThan(0);

    /// <summary>Fails when a query finds more entries than this.</summary>
    /// <param name="count">How many entries are still fine; 0 or more.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Negative.</exception>
    public LogTest FailOnMoreThan(int count)
    {
        Allowed = count >= 0 ? count : throw new ConfigurationException($"The log test allows {count} entries: the number must not be negative.");
        return this;
    }
}
