namespace Wercker.Pipeline;

/// <summary>What a deployment is, as recorded when it starts.</summary>
public sealed record DeploymentHeader
{
    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>The target's name; null without a target.</summary>
    public string? Target { get; init; }

    /// <summary>Who or what asked for it.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Where the deployed files come from, so that a resumed deployment finds them; null without a source.</summary>
    public Source? Source { get; init; }

    /// <summary>The names of the steps, in order.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>The environment variables, protected ones as "***".</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
