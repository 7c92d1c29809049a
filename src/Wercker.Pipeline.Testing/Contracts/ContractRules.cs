namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>Runs the rules of a kit without a test framework.</summary>
public static class ContractRules
{
    /// <summary>Verifies all rules, also after one is broken.</summary>
    /// <param name="rules">The rules of a kit.</param>
    /// <param name="cancellationToken">Cancels the verification.</param>
    /// <returns>When all rules hold.</returns>
    /// <exception cref="ContractViolationException">One or more rules are broken; the message lists them all.</exception>
    public static async Task VerifyAllAsync(this IEnumerable<ContractRule> rules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var broken = new List<(ContractRule Rule, Exception Cause)>();
        foreach (var rule in rules)
        {
            try
            {
                await rule.VerifyAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                broken.Add((rule, e));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (broken.Count > 0)
        {
            throw new ContractViolationException(
                $"{broken.Count} rule(s) broken:\n" + string.Join("\n", broken.Select(one => $"- {one.Rule.Name}: {one.Cause.Message}")),
                new AggregateException(broken.Select(one => one.Cause)));
        }
    }
}
