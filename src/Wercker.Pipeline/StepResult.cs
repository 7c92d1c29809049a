namespace Wercker.Pipeline;

/// <summary>How a step answers: a verdict, a sentence and the evidence for it.</summary>
public sealed record StepResult
{
    /// <summary>The verdict.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>One sentence for people; null when the verdict says it all.</summary>
    public string? Message { get; init; }

    /// <summary>What was seen: measurements, samples, queries, transcripts. Empty by default.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The accident behind <see cref="StepStatus.Error"/>; never written anywhere without being masked.</summary>
    public Exception? Exception { get; init; }

    /// <summary>True for <see cref="StepStatus.Succeeded"/> and <see cref="StepStatus.Skipped"/>.</summary>
    public bool IsGood => Status is StepStatus.Succeeded or StepStatus.Skipped;

    /// <summary>The step did its work.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="evidence">What was seen.</param>
    /// <returns>The result.</returns>
    public static StepResult Succeeded(string? message = null, params IReadOnlyList<Evidence> evidence) =>
        new() { Status = StepStatus.Succeeded, Message = message, Evidence = evidence };

    /// <summary>There was nothing to do.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The reason is empty: nothing is skipped silently.</exception>
    public static StepResult Skipped(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new() { Status = StepStatus.Skipped, Message = reason };
    }

    /// <summary>The answer is no.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    /// <param name="evidence">What was seen.</param>
    /// <returns>The result.</returns>
    public static StepResult Failed(string message, params IReadOnlyList<Evidence> evidence) =>
        new() { Status = StepStatus.Failed, Message = message, Evidence = evidence };

    /// <summary>The step could not see enough to judge.</summary>
    /// <param name="message">What could not be seen, and why.</param>
    /// <param name="evidence">What was seen.</param>
    /// <returns>The result.</returns>
    public static StepResult Inconclusive(string message, params IReadOnlyList<Evidence> evidence) =>
        new() { Status = StepStatus.Inconclusive, Message = message, Evidence = evidence };
}
