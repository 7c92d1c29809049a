namespace Wercker.Pipeline.Decisions;

/// <summary>The providers of decisions that need no settings of their own. <see cref="WebhookDecisionProvider"/> is the one that does.</summary>
public static class DecisionProvider
{
    /// <summary>Decides by a rule, without asking anybody.</summary>
    /// <param name="choices">
    /// What is decided the first time that a step does not succeed, the second time, and so on; the last one stays. {Retry, Retry, RollBack} runs a step
    /// three times. A choice that a question does not offer is replaced by the question's default.
    /// </param>
    /// <returns>The provider.</returns>
    /// <exception cref="ConfigurationException">There is no choice, or the last one is to retry, which would never end.</exception>
    public static IDecisionProvider Fixed(params IReadOnlyList<DecisionChoice> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return choices is [.., not DecisionChoice.Retry]
            ? new FixedDecisions(choices)
            : throw new ConfigurationException("A fixed decision needs a choice, and the last one cannot be to retry: the deployment would never end.");
    }

    /// <summary>
    /// Asks with a file and waits for another: the question is written to ID.question.json, and whoever decides writes ID.answer.json beside it,
    /// {"choice": "retry", "by": "ann", "reason": "the network was down"}. The question is
    /// taken away when it is over; an answer that does not count is explained in ID.refused.txt, and can be written anew.
    /// </summary>
    /// <remarks>An answer that was written while no process waited is found by the one that resumes the deployment.</remarks>
    /// <param name="directory">Where; made for its owner alone when it is not there. Who can write there can decide.</param>
    /// <param name="timeProvider">The clock of the looks, four in a second; the system's by default.</param>
    /// <returns>The provider.</returns>
    public static IDecisionProvider Files(string directory, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return new FileDecisions(Path.GetFullPath(directory), timeProvider ?? TimeProvider.System);
    }

    /// <summary>Asks on a terminal, one question after the other. What is typed counts when it is the name of a choice, or its beginning; a reason may follow.</summary>
    /// <param name="input">What people type, Console.In for example. At its end nobody can decide any more, and the question waits for its deadline.</param>
    /// <param name="output">What people read.</param>
    /// <param name="by">Who sits there, for the report.</param>
    /// <returns>The provider.</returns>
    public static IDecisionProvider Prompt(TextReader input, TextWriter output, string by)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        return new PromptedDecisions(input, output, by);
    }

    /// <summary>Asks several at once: the first answer counts. One that fails leaves the others; when all have failed, the question has.</summary>
    /// <param name="providers">Who is asked; one at least.</param>
    /// <returns>The provider.</returns>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static IDecisionProvider FirstOf(params IReadOnlyList<IDecisionProvider> providers)
    {
        ArgumentNullException.ThrowIfNull(providers);
        return providers.Count > 0 ? new FirstDecision(providers) : throw new ConfigurationException("There is nobody to ask for a decision: name one provider at least.");
    }
}
