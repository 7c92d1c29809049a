using System.Globalization;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Logs.Signatures;

namespace Wercker.Pipeline.Logs;

/// <summary>Asks one check's source and says what the answer means.</summary>
internal sealed class LogJudge(LogTest test, LogCheck check, SourceSight sight, TestWindow window, Exception? canaryFailure)
{
    private const int ShownSignatures = 50;
    private readonly JsonObject _data = new()
    {
        ["query"] = check.Query,
        ["from"] = window.From,
        ["until"] = window.Until,
    };

    private string? _little;

    public Task<LogFinding> JudgeAsync(CancellationToken cancellationToken) => check.Kind switch
    {
        LogCheckKind.Limit => JudgeLimitAsync(cancellationToken),
        LogCheckKind.Increase => JudgeIncreaseAsync(cancellationToken),
        _ => JudgeSignaturesAsync(cancellationToken),
    };

    private async Task<LogFinding> JudgeLimitAsync(CancellationToken cancellationToken)
    {
        var now = await ReadAsync(window.From, window.Until, null, cancellationToken).ConfigureAwait(false);
        var maximum = check.Maximum ?? test.Allowed;
        _data["maximum"] = maximum;
        AddCount(now);
        return await ConcludeAsync(now, null, now.Count > maximum, false, $"{Entries(now.Count)} in {check.Source.Name} for {Shown}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogFinding> JudgeIncreaseAsync(CancellationToken cancellationToken)
    {
        var now = await ReadAsync(window.From, window.Until, null, cancellationToken).ConfigureAwait(false);
        AddCount(now);
        _data["factor"] = check.Factor;
        _data["minimum"] = check.Minimum;

        // Too few now are fine whatever there was before.
        if (now.Count < check.Minimum)
        {
            return await ConcludeAsync(now, null, false, false, $"{Entries(now.Count)} in {check.Source.Name} for {Shown}, less than {check.Minimum}", cancellationToken).ConfigureAwait(false);
        }

        var from = window.Before - window.Length;
        var before = await ReadAsync(from, window.Before, null, cancellationToken).ConfigureAwait(false);
        AddBaseline(before);
        var known = before.IsAlive || await sight.WasAliveAsync(from, cancellationToken).ConfigureAwait(false);
        var more = now.Count > check.Factor * before.Count;

        // Lines lost before make the rise look steeper than it was: then it is not known.
        var hit = more && known && before.Lost is null && before.Failure is null;
        var words = string.Create(CultureInfo.InvariantCulture, $"{Entries(now.Count)} in {check.Source.Name} for {Shown}, {before.Count} in the same time before the deployment");
        return await ConcludeAsync(now, before, hit, !known, words, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogFinding> JudgeSignaturesAsync(CancellationToken cancellationToken)
    {
        var miner = new SignatureMiner(check.AnyLine, window.Length);
        var before = await ReadAsync(sight.BaselineFrom, window.Before, miner.Learn, cancellationToken).ConfigureAwait(false);
        miner.Turn();
        var now = await ReadAsync(window.From, window.Until, miner.Examine, cancellationToken).ConfigureAwait(false);
        var windows = check.Query.Length > 0 && before.Lost is null ? Math.Max((window.Before - sight.BaselineFrom) / window.Length, miner.WindowsBefore) : miner.WindowsBefore;
        var signatures = miner.FindNew(check.Minimum, windows);
        var proven = signatures.Any(one => one.WindowsNeeded <= windows);
        AddCount(now);
        AddBaseline(before);

        _data["windowsBefore"] = Math.Round(windows, 1);

        // The first lines of the window say nothing here; those of the new kinds do.
        _data["samples"] = new JsonArray([.. signatures.SelectMany(one => one.Samples.Take(1)).Take(3).Select(sample => JsonValue.Create(Sample(sample)))]);
        _data["kinds"] = miner.WindowKinds;
        _data["signatures"] = new JsonArray([.. signatures.Take(ShownSignatures).Select(ToJson)]);
        var known = before.IsAlive || signatures.Count == 0 || await sight.WasAliveAsync(sight.BaselineFrom, cancellationToken).ConfigureAwait(false);
        var what = check.AnyLine ? "message" : "error";
        var words = signatures.Count == 0
            ? $"no new {what} in {check.Source.Name} among {Entries(now.Count)}"
            : $"{signatures.Count} new {what}{(signatures.Count == 1 ? string.Empty : "s")} in {check.Source.Name}: {string.Join("; ", signatures.Take(3).Select(one => $"{one.Template} ({one.Count} times)"))}";
        var needsBefore = signatures.Count > 0 ? before : null;
        if (!known || signatures.Count == 0 || proven)
        {
            return await ConcludeAsync(now, needsBefore, proven && known && before.Failure is null, !known, words, cancellationToken).ConfigureAwait(false);
        }

        var needed = signatures.Min(one => one.WindowsNeeded);
        _little = string.Create(CultureInfo.InvariantCulture, $"and too little to compare with: {windows:0.#} times the window of before was seen, {needed} times are needed. Set \"baseline\" to {DurationText.Of(needed * window.Length)} or more, and let the log go back so far");
        return await ConcludeAsync(now, needsBefore, false, true, words, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogFinding> ConcludeAsync(LogReading now, LogReading? before, bool hit, bool incomparable, string words, CancellationToken cancellationToken)
    {
        var arrived = sight.CanaryArrived;
        var isAlive = now.IsAlive || arrived == true
            || (now.Failure is null && now.Lost is null && arrived is null && check.Query.Length > 0 && await sight.IsAliveAsync(cancellationToken).ConfigureAwait(false));
        var failure = now.Failure ?? before?.Failure ?? canaryFailure;
        var lost = now.Lost ?? before?.Lost;
        var outcome = LogVerdict.Of(new LogSight(hit, failure is not null, lost is not null, arrived == false, incomparable, isAlive));
        var sentence = outcome switch
        {
            LogOutcome.Hit when lost is not null => $"{words} (and lines were lost: {lost})",
            LogOutcome.Hit or LogOutcome.Passed => words,
            LogOutcome.Unasked when failure == canaryFailure => $"the canary could not be sent: {failure!.Message}",
            LogOutcome.Unasked => $"{check.Source.Name} could not be asked for {Shown}: {failure!.Message}",
            LogOutcome.Lost => $"{check.Source.Name} lost lines: {lost}",
            LogOutcome.Blind => $"{check.Source.Name} did not show the canary within {DurationText.Of(test.Bird!.Deadline)}: it does not see what the application logs",
            LogOutcome.Incomparable when _little is not null => $"{words}, {_little}",
            LogOutcome.Incomparable => $"{words}, and nothing to compare with: {check.Source.Name} has no line from before the deployment",
            _ => $"{check.Source.Name} was silent: it has no line at all in {DurationText.Of(window.Length)}, so that no error is no evidence",
        };
        _data["outcome"] = outcome.ToString().ToLowerInvariant();
        _data["canary"] = arrived;
        _data["lost"] = lost;
        _data["error"] = failure?.Message;
        return new LogFinding(check, outcome, sentence, _data, failure);
    }

    private Task<LogReading> ReadAsync(DateTimeOffset from, DateTimeOffset until, Action<LogEntry>? each, CancellationToken cancellationToken) =>
        LogReading.ReadAsync(sight.Source, new SourceQuery(check.Query, from, until), test, each, cancellationToken);

    private string Shown => check.Query.Length == 0 ? "every line" : check.Query;

    private static string Entries(int count) => $"{count} entr{(count == 1 ? "y" : "ies")}";

    private void AddCount(LogReading now)
    {
        _data["count"] = now.Count;
        _data["samples"] = new JsonArray([.. now.Samples.Select(entry => JsonValue.Create(Sample(entry.Message)))]);
    }

    private void AddBaseline(LogReading before) => _data["before"] = new JsonObject
    {
        ["from"] = before.Query.From,
        ["until"] = before.Query.Until,
        ["count"] = before.Count,
    };

    private static JsonNode ToJson(Signature signature) => new JsonObject
    {
        ["template"] = signature.Template,
        ["count"] = signature.Count,
        ["first"] = signature.First,
        ["exceptions"] = new JsonArray([.. signature.Exceptions.Select(name => JsonValue.Create(name))]),
        ["windowsNeeded"] = signature.WindowsNeeded,
        ["samples"] = new JsonArray([.. signature.Samples.Select(sample => JsonValue.Create(Sample(sample)))]),
    };

    // Enough to recognise it; the log itself has the rest.
    private static string Sample(string text) => text.Length > 1000 ? string.Concat(text.AsSpan(0, 1000), "…") : text;
}
