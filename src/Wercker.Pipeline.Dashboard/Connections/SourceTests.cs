using System.Globalization;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Dashboard.Connections;

/// <summary>Tests of log and metric sources: they ask what a log or metrics test would ask, about the last minutes.</summary>
internal static class SourceTests
{
    private const int MostEntries = 1000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public static Func<TimeProvider, CancellationToken, Task<string>> Of(Func<ILogSource> open, string query) => (clock, cancellationToken) =>
    {
        var source = open();
        return MaskedAsync(source.Name, source.Secrets, AskAsync(source, query, clock, cancellationToken));
    };

    public static Func<TimeProvider, CancellationToken, Task<string>> Of(Func<IMetricSource> open, string expression) => (clock, cancellationToken) =>
    {
        var source = open();
        return MaskedAsync(source.Name, source.Secrets, AskAsync(source, expression, clock, cancellationToken));
    };

    /// <summary>A text without what a source proves itself with, should it stand there.</summary>
    public static string Mask(string name, IReadOnlyList<Secret> secrets, string text)
    {
        var masker = new SecretMasker();
        foreach (var secret in secrets.Where(secret => secret.Reveal().Length > 0))
        {
            masker.Add(name, secret);
        }

        return masker.Mask(text);
    }

    private static async Task<string> AskAsync(ILogSource source, string query, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var count = 0;
        LogEntry? last = null;
        await foreach (var entry in source.ReadAsync(new SourceQuery(query, now - Window, now), cancellationToken).ConfigureAwait(false))
        {
            last = last is null || entry.At > last.At ? entry : last;
            if (++count == MostEntries)
            {
                break;
            }
        }

        var asked = query.Length == 0 ? string.Empty : $" for '{query}'";
        return last is null
            ? $"It answers. It has no entry{asked} in the last {Window.TotalMinutes:0} minutes."
            : string.Create(CultureInfo.InvariantCulture, $"It answers: {count}{(count == MostEntries ? " or more" : string.Empty)} entries{asked} in the last {Window.TotalMinutes:0} minutes, the latest at {last.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
    }

    private static async Task<string> AskAsync(IMetricSource source, string expression, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var series = await source.QueryAsync(new SourceQuery(expression, now - Window, now), cancellationToken).ConfigureAwait(false);
        var measured = series.Sum(one => one.Measured().Count());
        return series.Count == 0
            ? $"It answers. It has no series for '{expression}'."
            : $"It answers: {series.Count} series for '{expression}', with {measured} values in the last {Window.TotalMinutes:0} minutes.";
    }

    private static async Task<string> MaskedAsync(string name, IReadOnlyList<Secret> secrets, Task<string> asking)
    {
        try
        {
            return Mask(name, secrets, await asking.ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new IOException(Mask(name, secrets, exception.Message), exception);
        }
    }
}
