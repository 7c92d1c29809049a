namespace Wercker.Pipeline.Testing.Sandboxes;

/// <summary>A sandbox broke a rule of <see cref="SandboxContract"/>.</summary>
public sealed class SandboxContractException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The rule, what was expected and what happened instead.</param>
    public SandboxContractException(string message)
        : base(message)
    {
    }
}
