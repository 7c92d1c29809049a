namespace Wercker.Pipeline.Http;

/// <summary>Adds up tries until they are a verdict. A try that shows anything but the expected version passing breaks the row.</summary>
/// <param name="rules">How many passes, in how many tries.</param>
/// <param name="expected">The expected version.</param>
internal sealed class ProbeVerdict(HttpTestRules rules, string expected)
{
    private Probe? _answered;

    /// <summary>How many tries have counted: none before the expected version has answered, and none of the cut-over.</summary>
    public int Tries { get; private set; }

    /// <summary>How many passes there are in a row.</summary>
    public int InARow { get; private set; }

    /// <summary>Adds a try.</summary>
    /// <param name="probe">What was seen.</param>
    /// <param name="isOver">Whether the grace period is over.</param>
    /// <returns>The verdict; null while there is none.</returns>
    public StepResult? Add(Probe probe, bool isOver)
    {
        _answered = probe.Outcome == ProbeOutcome.NoAnswer ? _answered : probe;
        InARow = probe.Outcome == ProbeOutcome.Passes ? InARow + 1 : 0;
        if (probe.Outcome == ProbeOutcome.Broken)
        {
            return StepResult.Failed($"{rules.Url} answered {probe.Words}");
        }

        if (probe.IsCutOver && Tries == 0)
        {
            return isOver ? NeverProven(probe) : null;
        }

        Tries += probe.IsCutOver && !isOver ? 0 : 1;
        if (InARow == rules.Passes)
        {
            return StepResult.Succeeded($"version {expected} answered right {Times(rules.Passes)} at {rules.Url}");
        }

        return rules.Tries - Tries < rules.Passes - InARow
            ? StepResult.Failed($"version {expected} did not answer right {Times(rules.Passes)} in {rules.Tries} tries at {rules.Url}; the last try: {probe.Words}")
            : null;
    }

    private StepResult NeverProven(Probe last) => last.Outcome switch
    {
        ProbeOutcome.OtherVersion => StepResult.Failed(
            $"{(last.Version is { } version ? $"version {version}" : "another version")} still answers at {rules.Url} after {DurationText.Of(rules.Grace)}, {expected} never did"),
        ProbeOutcome.NoVersion => StepResult.Inconclusive(
            $"nobody can tell which version answers at {rules.Url}: {last.Words}. Let the application say its version in {rules.Proof!.Where}"),
        _ when _answered is { } answered => StepResult.Failed($"the application does not answer any more at {rules.Url}: {last.Words}; the last answer was {answered.Words}"),
        _ => StepResult.Failed($"the application did not answer at {rules.Url} within {DurationText.Of(rules.Grace)}: {last.Words}"),
    };

    private static string Times(int count) => count == 1 ? "once" : $"{count} times in a row";
}
