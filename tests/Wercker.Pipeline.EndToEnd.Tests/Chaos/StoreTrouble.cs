namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>Breaks the store at a drawn instant of a tool's life, and mends it some time later.</summary>
internal sealed class StoreTrouble(ChaosStore store, Random random)
{
    private readonly bool _isEarly = random.Next(3) == 0;
    private readonly double _choice = random.NextDouble();
    private readonly TimeSpan? _duration = store.DrawDuration(random);

    /// <summary>When it happens, as a share of the tool's life.</summary>
    public double When { get; } = random.NextDouble();

    /// <summary>True when the tool met it.</summary>
    public bool HasStruck { get; private set; }

    /// <summary>Breaks the store before the tool starts, if that was drawn.</summary>
    public async Task BeginEarlyAsync() => HasStruck = _isEarly && await store.BreakAsync(_choice);

    /// <summary>Breaks the store while the tool runs, and mends it; when it has ended at the latest.</summary>
    public async Task RunAsync(ToolProcess tool, TimeSpan after)
    {
        if (!_isEarly)
        {
            await tool.WaitAsync(after);
            HasStruck = !tool.HasExited && await store.BreakAsync(_choice);
        }

        if (HasStruck)
        {
            await tool.WaitAsync(_duration ?? TimeSpan.MaxValue);
            await store.MendAsync();
        }
    }
}
