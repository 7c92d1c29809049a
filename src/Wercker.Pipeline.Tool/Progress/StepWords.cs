using System.Globalization;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>The words for steps and times, everywhere the same.</summary>
internal static class StepWords
{
    public static string Of(StepStatus status) => status switch
    {
        StepStatus.NotRun => "not run",
        _ => status.ToString().ToLowerInvariant(),
    };

    public static string Of(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => "0.0 s",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds:00} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes:00} min",
    };

    /// <summary>"succeeded in 1.2 s: 3 commands succeeded", in one line.</summary>
    public static string Finished(DeployEvent deployEvent, DateTimeOffset? startedAt)
    {
        var status = Of(deployEvent.Status ?? StepStatus.Error);
        var time = startedAt is { } at && deployEvent.Status != StepStatus.Skipped ? $" in {Of(deployEvent.At - at)}" : string.Empty;
        return ConsoleText.CleanLine($"{status}{time}{(deployEvent.Message is { } message ? $": {message}" : string.Empty)}");
    }

    public static bool IsBad(StepStatus? status) => status is StepStatus.Failed or StepStatus.Error or StepStatus.Inconclusive or StepStatus.Canceled;
}
