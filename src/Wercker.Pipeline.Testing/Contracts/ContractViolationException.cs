namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>An implementation does not do what its seam promises.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected, what was seen instead, and why it matters to a deployment.</param>
    /// <param name="innerException">What the implementation threw; null when it threw nothing.</param>
    public ContractViolationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
