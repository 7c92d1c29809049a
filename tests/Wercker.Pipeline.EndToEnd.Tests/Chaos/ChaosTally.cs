using System.Globalization;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Counts over all workers.</summary>
/// <param name="kills">How many kills are wanted.</param>
/// <param name="rounds">How many deployments are wanted.</param>
internal sealed class ChaosTally(int kills, int rounds = 0)
{
    private const int ProgressEvery = 50;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _kills;

    private int _rounds;

    public bool IsWanted => Volatile.Read(ref _kills) < kills || Volatile.Read(ref _rounds) < rounds;

    /// <summary>Counts a kill; null for one that came too late.</summary>
    public void Killed(string? where)
    {
        if (where is not null)
        {
            Interlocked.Increment(ref _kills);
            Count($"killed in {where}");
        }
    }

    /// <summary>Counts a tool whose store was broken while it ran.</summary>
    public void Struck(int exitCode) => Count($"tools that met a broken store and ended with {exitCode}");

    /// <summary>Counts a deployment; null for one that was killed before anything of it was recorded.</summary>
    public void Ended(string? status)
    {
        Count($"rounds that ended {status ?? "with nothing recorded"}");
        if (status is not null && Interlocked.Increment(ref _rounds) % ProgressEvery == 0)
        {
            // A run of an hour is looked at before it ends.
            TestContext.Progress.WriteLine(this);
        }
    }

    public override string ToString()
    {
        lock (_counts)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{_kills} kills\n{string.Join('\n', _counts.Select(count => $"{count.Value,5} {count.Key}"))}");
        }
    }

    private void Count(string what)
    {
        lock (_counts)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + 1;
        }
    }
}
