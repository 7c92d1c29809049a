namespace Wercker.Pipeline.Benchmarks.Masking;

/// <summary>One way of masking a log.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">How much of the log it gets; the slow ones get less.</param>
/// <param name="Run">Masks once and returns something that depends on the whole result.</param>
internal sealed record Contender(string Name, long Bytes, Func<long> Run)
{
    private readonly List<(double Rate, double Allocated)> _rounds = [];

    /// <summary>Megabytes for each second of CPU time, round by round.</summary>
    public IReadOnlyList<double> Rates => [.. _rounds.Select(round => round.Rate)];

    public double AllocatedPerMegabyte => Median(_rounds.Select(round => round.Allocated));

    public double Rate => Median(Rates);

    /// <summary>Runs until a measurable time has passed.</summary>
    public void Measure(double seconds, bool keep)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Seconds();
        double elapsed;
        long done = 0;
        long first = Run();
        do
        {
            done += Bytes;
            elapsed = ThreadTime.Seconds() - start;
            if (elapsed < seconds && Run() != first)
            {
                throw new InvalidOperationException($"{Name}: two runs over the same log differ.");
            }
        }
        while (elapsed < seconds);
        if (keep)
        {
            _rounds.Add((done / 1e6 / elapsed, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (done / 1e6)));
        }
    }

    /// <summary>How many times faster than another, in the median of the rounds.</summary>
    public double Times(Contender other) => Median(Rates.Zip(other.Rates, (mine, theirs) => mine / theirs));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
