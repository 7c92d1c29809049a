using Polly;

namespace Wercker.Pipeline.Engine;

/// <summary>A pipeline is a tree: steps are its leaves, stages and parallel groups its branches.</summary>
internal abstract record PipelineNode(string Path);

/// <summary>A step in its place.</summary>
internal sealed record StepNode(string Path, IDeployStep Step, StepOptions Options) : PipelineNode(Path)
{
    private ResiliencePipeline<StepResult>? _resilience;

    /// <summary>The step's Polly pipeline, made at first use and kept: circuit breakers and rate limits count over deployments.</summary>
    public ResiliencePipeline<StepResult>? Resilience(TimeProvider clock)
    {
        if (Options.Resilience is not { } configure)
        {
            return null;
        }

        lock (Options)
        {
            if (_resilience is null)
            {
                var builder = new ResiliencePipelineBuilder<StepResult> { Name = Path, TimeProvider = clock };
                configure(builder);
                _resilience = builder.Build();
            }

            return _resilience;
        }
    }
}

/// <summary>A stage, or a parallel group.</summary>
internal sealed record GroupNode(string Path, IReadOnlyList<PipelineNode> Children, bool Parallel) : PipelineNode(Path)
{
    /// <summary>The steps of a tree in written order.</summary>
    public static IEnumerable<StepNode> Flatten(IEnumerable<PipelineNode> nodes) =>
        nodes.SelectMany(node => node is GroupNode group ? Flatten(group.Children) : [(StepNode)node]);
}
