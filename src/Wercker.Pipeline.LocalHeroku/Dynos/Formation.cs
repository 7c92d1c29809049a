namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>How many dynos of one process type there are to be.</summary>
internal sealed class Formation(string type, string command, int quantity, DateTimeOffset createdAt)
{
    public const string DefaultSize = "Basic";

    public Guid Id { get; } = Guid.NewGuid();

    public string Type => type;

    public string Command { get; set; } = command;

    public int Quantity { get; set; } = quantity;

    public string Size { get; set; } = DefaultSize;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; set; } = createdAt;
}
