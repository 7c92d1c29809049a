using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline;

/// <summary>What a pipeline uses of the world around it. Everything has a default, so <c>new()</c> works.</summary>
public sealed record PipelineServices
{
    /// <summary>Makes the loggers, whose texts are masked. Default: none.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock of all waits, timeouts and time stamps. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where events are recorded before the next step starts. Default: in memory.</summary>
    public IDeploymentJournal Journal { get; init; } = new InMemoryJournal();

    /// <summary>Keeps deployments of one target apart. Default: within this process.</summary>
    public IDeploymentLock Lock { get; init; } = InProcessLock.Shared;

    /// <summary>Who is asked by pipelines that ask (gates, <see cref="DeployPipelineBuilder.AskOnFailure"/>). Default: nobody, and such a pipeline cannot be built.</summary>
    public IDecisionProvider? Decisions { get; init; }

    /// <summary>Who watches. Default: nobody.</summary>
    public IReadOnlyList<IDeployObserver> Observers { get; init; } = [];

    /// <summary>Where the output of commands goes. Default: nowhere.</summary>
    public IReadOnlyList<IOutputSink> Outputs { get; init; } = [];

    /// <summary>The container, for step factories that ask it; null outside of one.</summary>
    public IServiceProvider? Provider { get; init; }
}
