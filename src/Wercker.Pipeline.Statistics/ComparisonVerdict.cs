using System.Globalization;

namespace Wercker.Pipeline.Statistics;

/// <summary>Makes the verdict of a comparison from those on its series.</summary>
internal sealed class ComparisonVerdict(string source, string expression, ComparisonRules rules, TestWindow window)
{
    private const int MostSeriesShown = 20;
    private const int MostSeriesSaid = 5;

    public StepResult Of(IReadOnlyList<ComparedSeries> all)
    {
        var judge = new SeriesJudge(rules, all.Sum(series => series.Parts.Count));
        var judged = new (ComparedSeries Series, SeriesJudgement Judgement)[all.Count];
        Parallel.For(0, all.Count, i => judged[i] = (all[i], Judge(judge, all[i])));

        var known = judged.Where(one => one.Series.After.Points.Count > 0 || one.Series.HasHadData).ToList();
        var bad = known.Where(one => one.Judgement.IsBad).ToList();
        var passed = known.Count(one => one.Judgement.Verdict == SeriesVerdict.Pass);

        // A series that is new has nothing to be compared with, and one that is gone has nothing to compare: only the second one is a bad sign.
        var unseen = known.Where(one => one.Judgement.Verdict is SeriesVerdict.TooFew or SeriesVerdict.NoData && (one.Series.HasHadData || passed == 0)).ToList();
        var evidence = bad.Concat(unseen).Concat(known.Where(one => one.Judgement.Verdict == SeriesVerdict.Pass))
            .Where(one => one.Series.After.Points.Count > 0).Take(MostSeriesShown).Select(one => EvidenceOf(one.Series, one.Judgement)).ToList();
        return (bad.Count, unseen.Count) switch
        {
            ( > 0, _) => StepResult.Failed(Say(bad, known.Count), evidence),
            (_, > 0) => StepResult.Inconclusive(Say(unseen, known.Count), evidence),
            _ when passed == 0 => StepResult.Inconclusive("there is no data, neither before the deployment nor after it; is the expression right?"),
            _ => StepResult.Succeeded($"{passed} series {(passed == 1 ? "is" : "are")} as before{(known.Count > passed ? $", {known.Count - passed} are new" : string.Empty)}", evidence),
        };
    }

    /// <summary>The first of its parts that is bad; otherwise, whether enough of them could be judged.</summary>
    private static SeriesJudgement Judge(SeriesJudge judge, ComparedSeries series)
    {
        SeriesJudgement unseen = default;
        var (run, isSilent) = (0, false);
        foreach (var part in series.Parts)
        {
            var judgement = judge.Judge(part);
            if (judgement.IsBad)
            {
                return judgement;
            }

            // One gap says little. A metric that is gone at the end may be gone for good, and a quarter of the time is a lot.
            run = judgement.Verdict == SeriesVerdict.Pass ? 0 : run + 1;
            unseen = run > 0 && judgement.Verdict > unseen.Verdict ? judgement : unseen;
            isSilent |= run >= 2 && run * 4 >= series.Parts.Count;
        }

        var (seen, due) = (series.Parts.Sum(part => part.After.Length), series.Parts.Sum(part => part.Points));
        if (seen > 0 && 2 * seen < due)
        {
            return new(SeriesVerdict.TooFew, $"has {seen} of {due} points since the deployment");
        }

        return isSilent || run > 0 ? unseen : new(SeriesVerdict.Pass, null);
    }

    private static string Say(List<(ComparedSeries Series, SeriesJudgement Judgement)> some, int all) =>
        string.Join("; ", some.Take(MostSeriesSaid).Select(one => $"{one.Series.Name} {one.Judgement.Why}"))
        + (some.Count > MostSeriesSaid ? string.Create(CultureInfo.InvariantCulture, $"; and {some.Count - MostSeriesSaid} more of {all} series") : string.Empty);

    private Evidence EvidenceOf(ComparedSeries series, SeriesJudgement judgement)
    {
        var evidence = series.After.ToEvidence(source, expression, window, series.Before);
        evidence.Data!["why"] = judgement.Why;
        return evidence;
    }
}
