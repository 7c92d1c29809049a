namespace Wercker.Pipeline.Metrics;

/// <summary>The beats of one host, before the deployment and after it.</summary>
/// <param name="series">The series of the new version's time.</param>
/// <param name="before">The series of before the deployment; null when there was none.</param>
/// <param name="window">The time that is looked at.</param>
/// <param name="rules">What is expected.</param>
/// <param name="step">The distance of the source's points. A source keeps old points coarser than new ones.</param>
internal sealed class HostBeats(MetricSeries series, MetricSeries? before, TestWindow window, HeartbeatRules rules, TimeSpan step)
{
    // Fewer values say nothing about whether they change with every beat.
    private const int FewestToSeeChange = 4;
    private readonly List<(DateTimeOffset At, double Value)> _beats = [.. series.Measured()];
    private readonly List<(DateTimeOffset At, double Value)> _old = [.. before?.Measured() ?? []];

    public string Name => series.Name;

    public Evidence EvidenceFor(string source, string expression) => series.ToEvidence(source, expression, window, before);

    public bool BeatsNow => _beats.Count > 0;

    /// <summary>Whether it was alive when the deployment began. A host that had stopped by then is not missed.</summary>
    public bool BeatBefore => _old.Count > 0 && window.Before - End(_old[^1].At) <= Patience;

    /// <summary>What is wrong with a host that beat with the new version; null when nothing is.</summary>
    public string? Fault()
    {
        if (window.Until - End(_beats[^1].At) > Patience)
        {
            return $"{Name} stopped beating at {_beats[^1].At:HH:mm:ss}";
        }

        for (var i = 1; i < _beats.Count; i++)
        {
            if (_beats[i].At - End(_beats[i - 1].At) > Patience)
            {
                return $"{Name} was silent from {_beats[i - 1].At:HH:mm:ss} to {_beats[i].At:HH:mm:ss}";
            }
        }

        var changed = ChangedLast();
        return window.Until - End(changed) > Patience && (rules.Changes ?? (ChangesAlways(_old) || ChangesAlways([.. _beats.TakeWhile(beat => beat.At <= changed)])))
            ? $"{Name} beats, but its value stands still at {_beats[^1].Value:R} since {changed:HH:mm:ss}"
            : null;
    }

    private TimeSpan Patience => rules.PatienceAt(step);

    // A point of a coarse series stands for all of its step: the beat may have come at its end.
    private DateTimeOffset End(DateTimeOffset at) => step > rules.Every ? at + step : at;

    private DateTimeOffset ChangedLast()
    {
        for (var i = _beats.Count - 1; i > 0; i--)
        {
            if (_beats[i].Value != _beats[i - 1].Value)
            {
                return _beats[i].At;
            }
        }

        return _beats[0].At;
    }

    private static bool ChangesAlways(List<(DateTimeOffset At, double Value)> beats)
    {
        if (beats.Count < FewestToSeeChange)
        {
            return false;
        }

        for (var i = 1; i < beats.Count; i++)
        {
            if (beats[i].Value == beats[i - 1].Value)
            {
                return false;
            }
        }

        return true;
    }
}
