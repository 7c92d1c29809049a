using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing;

/// <summary>Makes sandboxes that run nothing and answer from one <see cref="CommandScript"/>.</summary>
/// <param name="timeProvider">The clock of scripted delays; null for the system's.</param>
public sealed class FakeSandboxProvider(TimeProvider? timeProvider = null) : ISandboxProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeSandbox> _created = [];

    /// <inheritdoc />
    public string Name => "fake";

    /// <summary>What the sandboxes answer to commands.</summary>
    public CommandScript Script { get; } = new();

    /// <summary>What <see cref="FindObstacle"/> answers. Default: null, all is well.</summary>
    public string? Obstacle { get; set; }

    /// <summary>Thrown by <see cref="CreateAsync"/> instead of making a sandbox. Default: null.</summary>
    public Exception? CreateFailure { get; set; }

    /// <summary>The sandboxes that were made, the first first, disposed ones too.</summary>
    public IReadOnlyList<FakeSandbox> Created
    {
        get
        {
            lock (_gate)
            {
                return [.. _created];
            }
        }
    }

    /// <inheritdoc />
    public string? FindObstacle(SandboxSpec spec) => Obstacle;

    /// <inheritdoc />
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        cancellationToken.ThrowIfCancellationRequested();
        if (CreateFailure is not null)
        {
            throw CreateFailure;
        }

        var sandbox = new FakeSandbox(spec, Script, timeProvider);
        lock (_gate)
        {
            _created.Add(sandbox);
        }

        return ValueTask.FromResult<ISandbox>(sandbox);
    }
}
