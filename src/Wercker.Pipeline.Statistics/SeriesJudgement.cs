namespace Wercker.Pipeline.Statistics;

/// <summary>What is said of one series.</summary>
internal enum SeriesVerdict
{
    Pass,
    High,
    Low,
    Different,
    TooFew,
    NoData,
}

/// <summary>The verdict on one series, and why.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Why">A sentence without the name of the series; null when it passed.</param>
internal readonly record struct SeriesJudgement(SeriesVerdict Verdict, string? Why)
{
    public bool IsBad => Verdict is SeriesVerdict.High or SeriesVerdict.Low or SeriesVerdict.Different;
}
