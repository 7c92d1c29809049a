using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Engine;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline;

/// <summary>Puts a pipeline together, step by step, in the order in which it will run.</summary>
/// <remarks>
/// <see cref="AddStep"/> is the one primitive; every other AddX method is sugar over it. The builder is frozen by
/// <see cref="Build"/>: adding afterwards throws <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed class DeployPipelineBuilder
{
    private readonly DeployPipelineBuilder? _parent;
    private readonly string _prefix;
    private readonly HashSet<string> _paths;
    private readonly List<Func<PipelineNode>> _nodes = [];
    private readonly List<Action<DeployRequest, DeployEnvironment>> _environment = [];
    private readonly List<string> _requiredVariables = [];
    private IDeployTarget? _target;
    private ISandboxProvider? _sandboxProvider;
    private SandboxSpec _sandboxSpec = new();
    private bool _leaveOnFailure;
    private (TimeSpan, DecisionChoice)? _askOnFailure;
    private TimeSpan _lockWait;
    private bool _built;

    /// <summary>Starts a pipeline.</summary>
    /// <param name="name">Its name, for reports and telemetry.</param>
    /// <param name="services">What it uses of the world around it. Default: everything in memory and in this process.</param>
    /// <exception cref="ConfigurationException">The name is empty or holds a control character.</exception>
    public DeployPipelineBuilder(string name, PipelineServices? services = null)
    {
        StepName.Check("pipeline", name);
        Name = name;
        Services = services ?? new PipelineServices();
        _prefix = string.Empty;
        _paths = new(StringComparer.Ordinal);
    }

    private DeployPipelineBuilder(DeployPipelineBuilder parent, string prefix)
    {
        _parent = parent;
        _prefix = prefix;
        _paths = parent._paths;
        Name = parent.Name;
        Services = parent.Services;
    }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>What the pipeline uses of the world around it.</summary>
    public PipelineServices Services { get; }

    /// <summary>Adds a step.</summary>
    /// <param name="name">Its name, unique within its stage, without '/'.</param>
    /// <param name="factory">Makes the step once, when the pipeline is built.</param>
    /// <param name="configure">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ConfigurationException">The name is taken or not a name, or an option makes no sense.</exception>
    /// <exception cref="InvalidOperationException">The pipeline is built.</exception>
    public DeployPipelineBuilder AddStep(string name, Func<PipelineServices, IDeployStep> factory, Action<StepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var path = Claim("step", name);
        var options = new StepOptions();
        configure?.Invoke(options);
        StepName.CheckOptions(path, options);
        _nodes.Add(() => new StepNode(path, factory(Services) ?? throw new ConfigurationException($"The factory of step '{path}' made no step."), options));
        return this;
    }

    /// <summary>Adds a stage: steps under a common name, run in order.</summary>
    /// <param name="name">The stage's name; its steps are called "stage/step".</param>
    /// <param name="configure">Adds the steps.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ConfigurationException">The name is taken or not a name.</exception>
    public DeployPipelineBuilder AddStage(string name, Action<DeployPipelineBuilder> configure) => AddGroup("stage", name, configure, false);

    /// <summary>Adds steps that run at the same time. All of them end before the next step starts, also when one fails.</summary>
    /// <param name="name">The group's name; its steps are called "group/step".</param>
    /// <param name="configure">Adds the steps, or stages whose steps keep their order.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ConfigurationException">The name is taken or not a name.</exception>
    public DeployPipelineBuilder AddParallel(string name, Action<DeployPipelineBuilder> configure) => AddGroup("parallel group", name, configure, true);

    /// <summary>Says where to deploy to. One deployment at a time runs on a target.</summary>
    /// <param name="target">The target.</param>
    /// <returns>This builder.</returns>
    public DeployPipelineBuilder UseTarget(IDeployTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Root()._target = target;
        return WithEnvironment((_, environment) =>
        {
            // A builder may be told a second target; only the last one counts.
            if (ReferenceEquals(_target, target))
            {
                target.Contribute(environment);
            }
        });
    }

    /// <summary>Says where commands run. The sandbox is made first of all, as the step "Environment".</summary>
    /// <param name="provider">Makes the sandbox.</param>
    /// <param name="spec">What is asked of it; null for the defaults. Deployment, environment and, unless set, source are filled in.</param>
    /// <returns>This builder.</returns>
    public DeployPipelineBuilder UseSandbox(ISandboxProvider provider, SandboxSpec? spec = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        Root()._sandboxProvider = provider;
        _sandboxSpec = spec ?? new SandboxSpec();
        return this;
    }

    /// <summary>Contributes to the environment of every deployment. Later contributions win, those of the request win over all.</summary>
    /// <param name="contribute">Sets variables for a request.</param>
    /// <returns>This builder.</returns>
    public DeployPipelineBuilder WithEnvironment(Action<DeployRequest, DeployEnvironment> contribute)
    {
        ArgumentNullException.ThrowIfNull(contribute);
        Root()._environment.Add(contribute);
        return this;
    }

    /// <summary>Refuses to deploy unless a variable is set by somebody.</summary>
    /// <param name="name">The variable's name.</param>
    /// <returns>This builder.</returns>
    public DeployPipelineBuilder RequireVariable(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Root()._requiredVariables.Add(name);
        return this;
    }

    /// <summary>Leaves the target as it is when a deployment does not succeed; steps that always run still run. Default: every started step is undone, the last first.</summary>
    /// <returns>This builder.</returns>
    public DeployPipelineBuilder LeaveOnFailure()
    {
        Root()._leaveOnFailure = true;
        return this;
    }

    /// <summary>
    /// Asks a person (<see cref="PipelineServices.Decisions"/>) what becomes of a deployment when a step decides against it: to run the step again, to ignore
    /// it, to end the deployment and leave the target as it is, or to roll back. What of it a step allows, its <see cref="StepOptions.AllowedDecisions"/> say.
    /// </summary>
    /// <param name="within">How long to wait for the decision; up to 30 days. A restart does not make it longer.</param>
    /// <param name="otherwise">What counts without one. Default: to roll back.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ConfigurationException">The time is not possible, or the default is no answer to a failure, or would never end.</exception>
    public DeployPipelineBuilder AskOnFailure(TimeSpan within, DecisionChoice otherwise = DecisionChoice.RollBack)
    {
        if (otherwise is not (DecisionChoice.RollBack or DecisionChoice.Fail or DecisionChoice.Ignore))
        {
            throw new ConfigurationException($"Without a decision the pipeline cannot {DecisionWords.Of(otherwise)}: choose to roll back, to fail or to ignore.");
        }

        Root()._askOnFailure = (DecisionWords.CheckPatience(within), otherwise);
        return this;
    }

    /// <summary>Waits this long for another deployment of the same target to end. Default: zero, refused at once.</summary>
    /// <param name="wait">How long.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ConfigurationException">The wait is negative.</exception>
    public DeployPipelineBuilder WaitForTarget(TimeSpan wait)
    {
        Root()._lockWait = wait >= TimeSpan.Zero ? wait : throw new ConfigurationException($"The wait for the target must not be negative, but is {wait}.");
        return this;
    }

    /// <summary>Makes the pipeline and freezes the builder.</summary>
    /// <returns>The pipeline, which may run any number of deployments.</returns>
    /// <exception cref="ConfigurationException">The pipeline has no step, or a step could not be made.</exception>
    public DeployPipeline Build()
    {
        Root()._built = true;
        var steps = _nodes.ConvertAll(make => make());
        if (steps.Count == 0)
        {
            throw new ConfigurationException($"Pipeline '{Name}' has no steps: add some before building it.");
        }

        if (GroupNode.Flatten(steps).Select(node => node.Step).OfType<SetupStep>().FirstOrDefault() is { } setup)
        {
            // What tests a roll back has to know which version answered before anything was changed.
            setup.Http = [.. setup.Http, .. GroupNode.Flatten(steps).Where(node => node.Options.VerifiesRollBack).Select(node => node.Step).OfType<HttpTestStep>().SelectMany(step => step.Tests)];
        }

        var definition = new PipelineDefinition
        {
            Name = Name,
            Services = Services,
            Nodes = steps,
            Target = _target,
            SandboxProvider = _sandboxProvider,
            SandboxSpec = _sandboxSpec,
            LeavesOnFailure = _leaveOnFailure,
            AsksOnFailure = _askOnFailure,
            LockWait = _lockWait,
            Environment = [.. _environment],
            RequiredVariables = [.. _requiredVariables.Distinct(StringComparer.Ordinal)],
        };
        if (_sandboxProvider is not null)
        {
            definition = definition with { Nodes = [new StepNode(EnvironmentStep.Name, new EnvironmentStep(definition), new StepOptions { ResumeBehavior = ResumeBehavior.RunAgain, AllowedDecisions = [] }), .. steps] };
        }

        if (Services.Decisions is null && (_askOnFailure is not null || GroupNode.Flatten(steps).Any(node => node.Step is ApprovalStep)))
        {
            throw new ConfigurationException($"Pipeline '{Name}' asks for decisions, and there is nobody to ask: set {nameof(PipelineServices)}.{nameof(PipelineServices.Decisions)}.");
        }

        return new DeployPipeline(definition);
    }

    /// <summary>Puts variables below all others: what users set wins.</summary>
    internal void WithDefaults(Action<DeployRequest, DeployEnvironment> contribute) => Top._environment.Insert(0, contribute);

    private DeployPipelineBuilder AddGroup(string kind, string name, Action<DeployPipelineBuilder> configure, bool parallel)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var path = Claim(kind, name);
        var child = new DeployPipelineBuilder(this, path + "/");
        configure(child);
        if (child._nodes.Count == 0)
        {
            throw new ConfigurationException($"The {kind} '{path}' has no steps.");
        }

        _nodes.Add(() => new GroupNode(path, child._nodes.ConvertAll(make => make()), parallel));
        return this;
    }

    private string Claim(string kind, string name)
    {
        if (Top._built)
        {
            throw new InvalidOperationException($"Pipeline '{Name}' is built; the {kind} '{name}' comes too late. Add it before Build, or make a new builder.");
        }

        StepName.Check(kind, name);
        var path = _prefix + name;
        return _paths.Add(path) && path != EnvironmentStep.Name
            ? path
            : throw new ConfigurationException($"Pipeline '{Name}' has two steps named '{path}': give the second another name.");
    }

    private DeployPipelineBuilder Top => _parent?.Top ?? this;

    private DeployPipelineBuilder Root() => _parent is not null
        ? throw new InvalidOperationException($"The stage '{_prefix.TrimEnd('/')}' only takes steps: say this on the builder of the pipeline.")
        : !_built ? this : throw new InvalidOperationException($"Pipeline '{Name}' is built: configure it before Build, or make a new builder.");
}
