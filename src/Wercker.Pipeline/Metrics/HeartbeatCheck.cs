using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Metrics;

/// <summary>Asks whether the new version's hosts are alive.</summary>
internal sealed class HeartbeatCheck(IMetricSource source, string expression, HeartbeatRules rules) : IMetricCheck
{
    private const int MostHostsShown = 50;

    public HeartbeatRules Rules => rules;

    /// <inheritdoc />
    public string Name => $"{source.Name}: {expression} beats every {DurationText.Of(rules.Every)}";

    /// <inheritdoc />
    public IReadOnlyList<Secret> Secrets => source.Secrets;

    /// <inheritdoc />
    public async ValueTask<StepResult> JudgeAsync(TestWindow window, DeployContext context, CancellationToken cancellationToken)
    {
        await TestWindow.WaitAsync(window.Until, context, cancellationToken).ConfigureAwait(false);
        var verdict = await LookAsync(window, cancellationToken).ConfigureAwait(false);
        if (!verdict.IsGood && rules.Lag > TimeSpan.Zero)
        {
            // What seems to be missing may only be late.
            await TestWindow.WaitAsync(window.Until + rules.Lag, context, cancellationToken).ConfigureAwait(false);
            verdict = await LookAsync(window, cancellationToken).ConfigureAwait(false);
        }

        return verdict;
    }

    private async ValueTask<StepResult> LookAsync(TestWindow window, CancellationToken cancellationToken)
    {
        var lookBack = window.Length > rules.Patience ? window.Length : rules.Patience;
        var before = await source.QueryAsync(new SourceQuery(expression, window.Before - lookBack, window.Before), cancellationToken).ConfigureAwait(false);
        var now = await source.QueryAsync(new SourceQuery(expression, window.From, window.Until), cancellationToken).ConfigureAwait(false);
        var step = StepOf(now) is var found && found > TimeSpan.Zero ? found : StepOf(before);
        var old = before.GroupBy(series => series.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        List<HostBeats> hosts =
        [
            .. now.Select(series => new HostBeats(series, old.GetValueOrDefault(series.Name), window, rules, step)),
            .. old.Values.Where(series => now.All(one => one.Name != series.Name)).Select(series => new HostBeats(new MetricSeries(series.Name, []), series, window, rules, step)),
        ];
        return Judge(hosts, window, step);
    }

    private StepResult Judge(List<HostBeats> hosts, TestWindow window, TimeSpan step)
    {
        var living = hosts.Where(host => host.BeatsNow).ToList();
        var known = hosts.Count(host => host.BeatBefore);
        if (living.Count == 0 && known == 0)
        {
            return StepResult.Inconclusive($"there is no beat, neither before the deployment nor after it; is the expression right, and does the application send it?");
        }

        var faults = living.Select(host => (Host: host, Fault: host.Fault())).Where(one => one.Fault is not null).ToList();
        List<Evidence> evidence =
        [
            .. hosts.OrderByDescending(host => faults.Any(one => one.Host == host)).Take(MostHostsShown).Select(host => host.EvidenceFor(source.Name, expression)),
        ];
        if (living.Count == 0)
        {
            return StepResult.Failed($"no host beat with the new version; {Hosts(known)} beat before the deployment", evidence);
        }

        if (window.Length < rules.PatienceAt(step))
        {
            return StepResult.Inconclusive(
                $"the source has a point every {DurationText.Of(step)}, too few in {DurationText.Of(window.Length)} to see {rules.Missed} missed beats; keep finer points, or wait longer", evidence);
        }

        // A host of the old version may end while the new ones take over, as long as there are enough of them.
        var well = living.Count - faults.Count;
        var expected = rules.Hosts ?? Math.Max(known, 1);
        var replaced = well >= expected ? faults.Where(one => one.Host.BeatBefore).ToList() : [];
        var wrong = faults.Except(replaced).Select(one => one.Fault!).ToList();
        if (wrong.Count == 0 && well >= expected)
        {
            return StepResult.Succeeded($"{Hosts(well)} beat until the end{(replaced.Count > 0 ? $", {Hosts(replaced.Count)} of the old version ended" : string.Empty)}", evidence);
        }

        if (well < expected)
        {
            var missing = hosts.Where(host => host is { BeatsNow: false, BeatBefore: true }).Select(host => host.Name).Take(MostHostsShown).ToList();
            wrong.Add($"{Hosts(well)} of {expected} are well{(missing.Count > 0 ? $", without a beat since the deployment: {string.Join(", ", missing)}" : string.Empty)}");
        }

        return StepResult.Failed(string.Join("; ", wrong), evidence);
    }

    private static string Hosts(int count) => count == 1 ? "1 host" : $"{count} hosts";

    private static TimeSpan StepOf(IReadOnlyList<MetricSeries> all)
    {
        var smallest = TimeSpan.MaxValue;
        foreach (var series in all)
        {
            for (var i = 1; i < series.Points.Count; i++)
            {
                var gap = series.Points[i].At - series.Points[i - 1].At;
                smallest = gap > TimeSpan.Zero && gap < smallest ? gap : smallest;
            }
        }

        return smallest == TimeSpan.MaxValue ? TimeSpan.Zero : smallest;
    }
}
