namespace Samples.Quickstart;

/// <summary>What the quickstart promised, and whether it held.</summary>
public sealed class Checks
{
    private readonly List<(string Promise, bool Holds)> _checks = [];

    public bool AllHold => _checks.TrueForAll(check => check.Holds);

    public void Add(string promise, bool holds) => _checks.Add((promise, holds));

    public void Print()
    {
        foreach (var (promise, holds) in _checks)
        {
            Console.WriteLine($"   {(holds ? "yes" : "NO ")} {promise}");
        }
    }
}
