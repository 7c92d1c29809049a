using System.Text;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>What an index knows of a step.</summary>
/// <param name="Name">Its name, as the log has it.</param>
/// <param name="Line">Its first line.</param>
internal sealed record LogStepMarks(string Name, long Line)
{
    public long? ErrorLine { get; set; }

    public long? StandardError { get; set; }

    public long? BadVerdict { get; set; }

    /// <summary>
    /// The line at which to read about the first error. Standard error alone says little: git and many others tell their progress there. So it is, in the step that decided against the
    /// deployment: the first line that looks like an error, else the first one of standard error, else the step's verdict. Without such a step it is the same of the first step with a
    /// verdict that is none of success.
    /// </summary>
    /// <param name="steps">The steps of a log, in its order.</param>
    /// <param name="decided">The step that decided; null when none did.</param>
    public static long? FirstError(IReadOnlyList<LogStepMarks> steps, string? decided)
    {
        var word = decided is null ? null : NameInLog(decided);
        var step = steps.FirstOrDefault(one => word is null ? one.BadVerdict is not null : one.Name == word);
        return step?.ErrorLine ?? step?.StandardError ?? step?.BadVerdict ?? (decided is null ? null : step?.Line);
    }

    /// <summary>A step's name as the log writes it: one word.</summary>
    private static string NameInLog(string step) => string.Concat(step.EnumerateRunes().Take(120).Select(rune => Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? "_" : rune.ToString()));
}
