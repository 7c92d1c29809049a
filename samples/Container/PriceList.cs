namespace Samples.Container;

/// <summary>A service that a step needs: what the shop sells.</summary>
public sealed class PriceList
{
    public IReadOnlyDictionary<string, decimal> Prices { get; } = new Dictionary<string, decimal> { ["Wooden clogs"] = 39.50m, ["Garden clogs"] = 24.00m };
}
