using System.Globalization;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Logs;

/// <summary>What the log test asks, how long after the deployment, and how much is too much.</summary>
public sealed partial class LogTest
{
    private readonly List<LogCheck> _checks = [];
    private readonly List<Regex> _ignored = [];

    internal IReadOnlyList<LogCheck> Checks => _checks;

    internal TimeSpan Delay { get; private set; } = TimeSpan.FromMinutes(3);

    internal TestWindow? Past { get; private set; }

    internal int Allowed { get; private set; }

    internal TimeSpan? Baseline { get; private set; }

    internal TimeSpan? Settling { get; private set; }

    internal LogCanary? Bird { get; private set; }

    internal EvidencePolicy Policy { get; set; } = new();

    /// <summary>Asks a source with a query that retrieves errors.</summary>
    /// <param name="source">The source.</param>
    /// <param name="errorQuery">The query in the source's own language.</param>
    /// <param name="maximum">How many entries are still fine; null for the limit of the whole test.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The limit is negative.</exception>
    public LogTest From(ILogSource source, string errorQuery, int? maximum = null) =>
        Add(new LogCheck(LogCheckKind.Limit, source, errorQuery) { Maximum = maximum is null ? null : NotNegative(maximum.Value) });

    /// <summary>Fails when a query finds many more entries than in a window of the same length that ended when the deployment began.</summary>
    /// <param name="source">The source.</param>
    /// <param name="query">The query in the source's own language; empty for every line.</param>
    /// <param name="factor">How many times as many are too many; above 1.</param>
    /// <param name="minimum">Fewer entries than this are never too many; 1 or more. Default: 10, for 2 errors instead of 1 say nothing.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">A number is out of range.</exception>
    public LogTest FailOnIncrease(ILogSource source, string query, double factor = 2, int minimum = 10) => Add(new LogCheck(LogCheckKind.Increase, source, query)
    {
        Factor = factor > 1 && double.IsFinite(factor)
            ? factor
            : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"The log test fails from {factor} times as many entries on: the factor must be above 1.")),
        Minimum = AtLeastOne(minimum),
    });

    /// <summary>
    /// Fails when there are errors of a kind that the log did not have before the deployment: messages are compared by their templates, with
    /// numbers, ids, paths, addresses and quoted texts masked, and by the types of their exceptions.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="query">What to compare, in the source's own language; empty for every line.</param>
    /// <param name="anyLine">True to look at all lines, false for those that look like errors: their level, an exception, a stack trace, a word such as "failed".</param>
    /// <param name="minimum">How often a new message must be there to count; 1 or more.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">A number is out of range.</exception>
    public LogTest FailOnNewSignatures(ILogSource source, string query = "", bool anyLine = false, int minimum = 1) =>
        Add(new LogCheck(LogCheckKind.Signatures, source, query) { AnyLine = anyLine, Minimum = AtLeastOne(minimum) });

    /// <summary>Lets the check that was added last only warn. By default a check decides.</summary>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">No check was added yet.</exception>
    public LogTest Degraded() => As(CheckRole.Degraded);

    /// <summary>Lets the check that was added last be reported only, so that its limits can be tried before they may block anybody.</summary>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">No check was added yet.</exception>
    public LogTest ObserveOnly() => As(CheckRole.Observed);

    /// <summary>Leaves entries out of every check.</summary>
    /// <param name="pattern">A regular expression over the text of an entry, without lookarounds and backreferences.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public LogTest Ignore(string pattern)
    {
        _ignored.Add(LogPattern.Compile(pattern, "The log test's ignored pattern"));
        return this;
    }

    /// <summary>
    /// Sends a line through the application's log path when the window is over, and waits until every source shows it: what was written before
    /// has then arrived too. A source that does not show it in time is blind, and the test Inconclusive.
    /// </summary>
    /// <param name="send">Makes the application log one line with the token in it.</param>
    /// <param name="deadline">How long it may take to be found; null for two minutes.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">The deadline is not longer than zero.</exception>
    public LogTest Canary(Func<DeployContext, string, CancellationToken, ValueTask> send, TimeSpan? deadline = null)
    {
        ArgumentNullException.ThrowIfNull(send);
        Bird = new LogCanary(send, Positive(deadline ?? TimeSpan.FromMinutes(2), "deadline of the canary"));
        return this;
    }

    /// <summary>
    /// How much of the log before the deployment new signatures are compared with. Default: sixty windows, at least half an hour; of a file, all there is.
    /// The longer, the fewer rare messages are taken for new ones.
    /// </summary>
    /// <param name="length">The time up to the start of the deployment; longer than zero.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public LogTest CompareWith(TimeSpan length)
    {
        Baseline = Positive(length, "baseline");
        return this;
    }

    /// <summary>How long to wait after the window before reading, for lines that are still on their way. Default: the source's own <see cref="ILogSource.Lag"/>.</summary>
    /// <param name="time">The time; not negative.</param>
    /// <returns>This test.</returns>
    /// <exception cref="ConfigurationException">Negative.</exception>
    public LogTest Settle(TimeSpan time)
    {
        Settling = time >= TimeSpan.Zero ? time : throw new ConfigurationException($"The log test settles for {time}: the time must not be negative.");
        return this;
    }

    /// <summary>Lets the deployment go on with a warning when a source was silent: no line in the window, and no canary. By default the test is then inconclusive.</summary>
    /// <returns>This test.</returns>
    public LogTest ContinueOnNoData()
    {
        Policy = Policy with { NoDataWarns = true };
        return this;
    }

    /// <summary>
    /// Lets the deployment go on with a warning when lines were lost, the canary did not arrive, or there is nothing to compare with. By default the test is
    /// then inconclusive.
    /// </summary>
    /// <returns>This test.</returns>
    public LogTest ContinueOnInconclusive()
    {
        Policy = Policy with { InconclusiveWarns = true };
        return this;
    }

    /// <summary>Lets the deployment go on with a warning when a source could not be asked, or the canary not be sent. By default the test then ends as an error.</summary>
    /// <returns>This test.</returns>
    public LogTest ContinueOnError()
    {
        Policy = Policy with { ErrorWarns = true };
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
        Delay = Positive(delay, "delay");
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
        Allowed = NotNegative(count);
        return this;
    }

    /// <summary>True for an entry that no check counts.</summary>
    internal bool Ignores(LogEntry entry)
    {
        foreach (var pattern in _ignored)
        {
            if (pattern.IsMatch(entry.Message))
            {
                return true;
            }
        }

        return LogCanary.IsIn(entry.Message);
    }

    /// <summary>Tells the deployment what to mask.</summary>
    internal void Contribute(DeployEnvironment environment)
    {
        foreach (var source in _checks.Select(check => check.Source).Distinct())
        {
            environment.Conceal(source.Name, source.Secrets);
        }
    }

    private LogTest Add(LogCheck check)
    {
        ArgumentNullException.ThrowIfNull(check.Source, "source");
        ArgumentNullException.ThrowIfNull(check.Query, "query");
        _checks.Add(check);
        return this;
    }

    internal LogTest As(CheckRole role)
    {
        if (_checks.Count == 0)
        {
            throw new ConfigurationException("The log test has no check yet: add one, and then say that it only warns or is only observed.");
        }

        _checks[^1] = _checks[^1] with { Role = role };
        return this;
    }

    private static int NotNegative(int count) => count >= 0 ? count : throw new ConfigurationException($"The log test allows {count} entries: the number must not be negative.");

    private static int AtLeastOne(int count) => count >= 1 ? count : throw new ConfigurationException($"The log test's minimum is {count}: it must be 1 or more.");

    private static TimeSpan Positive(TimeSpan time, string what) =>
        time > TimeSpan.Zero ? time : throw new ConfigurationException($"The log test's {what} is {time}: it must be longer than zero.");
}
