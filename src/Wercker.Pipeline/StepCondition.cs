namespace Wercker.Pipeline;

/// <summary>A condition of a step: one of the two delegates, and its words.</summary>
internal sealed record StepCondition(string Reason, Func<DeployRequest, bool>? OnRequest, Func<DeployContext, bool>? OnContext);
