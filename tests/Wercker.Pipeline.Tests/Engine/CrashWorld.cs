using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>What the steps of all processes of one deployment do to the world, and what must never be seen there.</summary>
internal sealed partial class CrashWorld
{
    private readonly ConcurrentDictionary<string, byte> _effects = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<(string Step, bool Undo)> _log = new();

    /// <summary>The process that acts now.</summary>
    public CrashingProcess Process { get; set; } = new(null);

    /// <summary>Called before each undo: makes one fail.</summary>
    public Func<string, StepResult?> OnUndo { get; set; } = _ => null;

    public IReadOnlyCollection<string> Effects => [.. _effects.Keys];

    public IReadOnlyCollection<string> Violations => _violations;

    public int Runs(string step) => _log.Count(entry => entry.Step == step && !entry.Undo);

    /// <summary>A script: nobody can tell what it did, so it may run once and not again.</summary>
    public IDeployStep Script(string name, StepResult? result = null) => new Delegated(_ =>
    {
        Act(name);
        return result;
    });

    /// <summary>A step that may run twice.</summary>
    public IDeployStep Harmless(string name, StepResult? result = null) => new Delegated(_ =>
    {
        Act(name);
        return result;
    })
    {
        IsHarmless = true,
    };

    /// <summary>A step that the world can be asked about, and that can be taken back.</summary>
    public IDeployStep Switch(string name, StepResult? result = null) => new Switched(this, name, result);

    /// <summary>Fails the first time that it is seen to, and may run any number of times.</summary>
    public IDeployStep Flaky(string name) => new Delegated(_ =>
    {
        var isFirst = Runs(name) == 0;
        Act(name);
        return isFirst ? StepResult.Failed("flaky") : null;
    })
    {
        IsHarmless = true,
    };

    /// <summary>Says no to the new version; after a roll back it must find the switch off.</summary>
    public IDeployStep TestOf(string name, string switched, StepResult result) => new Delegated(context =>
    {
        Act(name);
        if (context.IsRolledBack && _effects.ContainsKey(switched))
        {
            _violations.Enqueue($"{name} looked before {switched} was off");
        }

        return context.IsRolledBack ? null : result;
    })
    {
        IsHarmless = true,
    };

    /// <summary>Stores a value, and checks that a step after it finds it.</summary>
    public IDeployStep Stores(string name) => new Stored(this, name, true);

    public IDeployStep Finds(string name, string stored) => new Stored(this, stored, false) { Log = name };

    public IDeployStep Cancels(string name, CancellationTokenSource source) => new Delegated(_ =>
    {
        Act(name);
        source.Cancel();
        return null;
    })
    {
        IsHarmless = true,
    };

    private void Act(string name)
    {
        Process.Live();
        _effects[name] = 1;
        _log.Enqueue((name, false));
        Process.Live();
    }

    private void Undo(string name)
    {
        Process.Live();
        _effects.TryRemove(name, out _);
        _log.Enqueue((name, true));
        Process.Live();
    }

    private sealed class Delegated(Func<DeployContext, StepResult?> run) : IDeployStep
    {
        public bool IsHarmless { get; init; }

        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(run(context) ?? StepResult.Succeeded());

        public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => new(IsHarmless ? null : StepResult.Inconclusive("a script"));
    }

    private sealed class Switched(CrashWorld world, string name, StepResult? result) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            if (world._effects.ContainsKey(name))
            {
                world._violations.Enqueue($"{name} was switched on twice");
            }

            world.Act(name);
            return new(result ?? StepResult.Succeeded());
        }

        public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken)
        {
            world.Process.Live();
            return new(world._effects.ContainsKey(name) ? result ?? StepResult.Succeeded("it is on") : null);
        }

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            world.Process.Live();
            if (world.OnUndo(name) is { } scripted)
            {
                return new(scripted);
            }

            if (!world._effects.ContainsKey(name))
            {
                return new(StepResult.Skipped("it is off"));
            }

            world.Undo(name);
            return new(StepResult.Succeeded());
        }
    }

    private sealed partial class Stored(CrashWorld world, string key, bool set) : IDeployStep
    {
        private readonly ContextKey<string> _key = new("test." + key, StoredJson.Default.String);

        public string? Log { get; init; }

        public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            world.Act(Log ?? key);
            if (set)
            {
                await context.SetAsync(_key, "value of " + key, cancellationToken);
            }
            else if (!context.TryGet(_key, out var value) || value != "value of " + key)
            {
                world._violations.Enqueue($"{Log} did not find the value of {key}");
            }

            return StepResult.Succeeded();
        }

        public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => new((StepResult?)null);

        [JsonSerializable(typeof(string))]
        private sealed partial class StoredJson : JsonSerializerContext;
    }
}
