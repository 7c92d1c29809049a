using System.Globalization;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Logs.Signatures;

namespace Wercker.Pipeline.Benchmarks.LogSignatures;

/// <summary>
/// Looks for new errors in public logs, such as those of https://github.com/logpai/loghub: in windows where nobody put any, and in
/// windows with one line that nobody has seen before. Nothing of the logs is kept here.
/// </summary>
internal static class RealLogs
{
    private const int Window = 25;
    private const int StepOfWindows = 10;
    private static readonly int[] Baselines = [25, 125, 250, 500, 1000, 1250, 1500];
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Exceptions =
    [
        "ERROR shop.Cart: could not add the item: System.NullReferenceException: Object reference not set to an instance of an object.",
        "java.lang.OutOfMemoryError: Java heap space",
        "Traceback (most recent call last):\n  File \"/app/views.py\", line 12, in cart\n    total = price / count\nZeroDivisionError: division by zero",
        "TypeError: Cannot read properties of undefined (reading 'price')\n    at Cart.total (/app/cart.js:12:7)",
        "panic: shop.ErrStockExhausted: nothing left of item 17",
        "ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool within 5.000 seconds)",
        "WARN o.s.web.Dispatcher - Resolved [org.springframework.web.HttpMediaTypeNotAcceptableException: No acceptable representation]",
        "Exception in thread \"worker-3\" com.example.shop.PaymentRefusedException: card of order 991 was refused",
        "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] in /var/www/db.php:14",
        "[error] Unhandled exception. Npgsql.PostgresException (0x80004005): 42P01: relation \"orders\" does not exist",
    ];

    private static readonly string[] Lines =
    [
        "ERROR [main] shop.Cart: no price for article 4711 in currency EUR",
        "ERROR shop.Stock - the warehouse 7 answers with an empty list",
        "level=error msg=\"queue of mails is full\" queue=mail size=5000",
        "[error] 3021#0: *77 upstream prematurely closed the stream while sending to client",
        "{\"level\":\"error\",\"msg\":\"schema version 12 is older than 14\"}",
        "FATAL:  database \"orders\" does not exist",
        "E0301 10:00:00.000000 77 cache.go:88] shard 3 dropped 17 keys",
        "CRITICAL payment: currency table is empty, falling back to USD",
        "ERROR: license of module 'reports' ended on 2026-03-01",
        "SEVERE: context [/shop] startup did not finish because a listener asked for it",
    ];

    public static async Task<int> RunAsync(TextWriter output, string directory)
    {
        var files = Directory.EnumerateFiles(directory, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new ArgumentException($"{directory} has no *.log: name a checkout of logs.");
        }

        await output.WriteLineAsync($"{files.Count} logs, windows of {Window} lines\n| lines before | clean windows that failed | were inconclusive | with a new exception: failed | inconclusive | with a new error line: failed | inconclusive |\n|---|---|---|---|---|---|---|").ConfigureAwait(false);
        foreach (var before in Baselines)
        {
            var (clean, exceptions, lines) = (new Tally(), new Tally(), new Tally());
            foreach (var file in files)
            {
                var log = await ReadAsync(file).ConfigureAwait(false);
                for (var start = before; start + Window <= log.Count; start += StepOfWindows)
                {
                    var number = start / StepOfWindows;
                    clean.Add(FindNew(log, start, before, null), null);
                    exceptions.Add(FindNew(log, start, before, Exceptions[number % Exceptions.Length]), Exceptions[number % Exceptions.Length]);
                    lines.Add(FindNew(log, start, before, Lines[number % Lines.Length]), Lines[number % Lines.Length]);
                }
            }

            await output.WriteLineAsync($"| {before} | {clean} | {exceptions} | {lines} |").ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<List<LogEntry>> ReadAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file).ConfigureAwait(false)).Select((line, i) => new LogEntry(Start.AddSeconds(i), line))];

    private static IReadOnlyList<(Signature Signature, bool IsProven)> FindNew(List<LogEntry> log, int start, int before, string? injected)
    {
        var miner = new SignatureMiner(false, TimeSpan.FromSeconds(Window));
        foreach (var entry in log.GetRange(start - before, before))
        {
            miner.Learn(entry);
        }

        miner.Turn();
        for (var i = start; i < start + Window; i++)
        {
            miner.Examine(log[i]);
            if (injected is not null && i == start + (Window / 2))
            {
                miner.Examine(new LogEntry(log[i].At, injected));
            }
        }

        // The windows before are those of the setting, whatever lines of a stack trace were joined.
        var windows = before / (double)Window;
        return [.. miner.FindNew(1, windows).Select(one => (one, one.WindowsNeeded <= windows))];
    }

    private sealed class Tally
    {
        private int _all;
        private int _failed;
        private int _inconclusive;

        public void Add(IReadOnlyList<(Signature Signature, bool IsProven)> found, string? injected)
        {
            var meant = found.Where(one => injected is null || one.Signature.Samples.Any(sample => sample.Contains(injected, StringComparison.Ordinal))).ToList();
            _all++;
            _failed += meant.Any(one => one.IsProven) ? 1 : 0;
            _inconclusive += meant.Count > 0 && !meant.Any(one => one.IsProven) ? 1 : 0;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{100.0 * _failed / _all:0.0} % of {_all} | {100.0 * _inconclusive / _all:0.0} %");
    }
}
