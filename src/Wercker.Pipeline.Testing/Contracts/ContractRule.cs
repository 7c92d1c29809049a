namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>One rule of a contract kit. Any test framework can list the rules of a kit and run each as a test of its own.</summary>
/// <param name="Name">What an implementation must do, as one sentence without a full stop; unique in its kit.</param>
/// <param name="VerifyAsync">
/// Checks the rule on a fresh implementation. Throws <see cref="ContractViolationException"/> when the implementation breaks the
/// rule; an exception that the implementation itself throws comes through as it is.
/// </param>
public sealed record ContractRule(string Name, Func<CancellationToken, Task> VerifyAsync)
{
    /// <summary>The rule's name, which is what test frameworks show as the name of the case.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
