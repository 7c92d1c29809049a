using Microsoft.AspNetCore.Components;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Pages;

/// <summary>One deployment: its verdict first, then what it rests on.</summary>
public sealed partial class DeploymentPage
{
    /// <summary>What every page knows.</summary>
    [Parameter, EditorRequired]
    public PageContext Context { get; set; } = null!;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public DeploymentModel Model { get; set; } = null!;

    private static (string Form, string Name)[] Forms => [("html", "report.html"), ("md", "report.md"), ("json", "report.json"), ("junit", "junit.xml")];

    /// <summary>The summary, with the revision as people say it.</summary>
    private string Sentence => Wording.Clean(Model.Report.Summary).Replace(Model.Report.Revision, Wording.Short(Model.Report.Revision), StringComparison.Ordinal);

    private int Done => Model.Report.Steps.Count(step => step.Status is not (StepStatus.NotRun or StepStatus.Running));

    /// <summary>What a screen reader says when something has happened: the end, a question, or the step that ended last and the one that runs.</summary>
    private string News
    {
        get
        {
            var report = Model.Report;
            if (report.Status != DeployStatus.Running)
            {
                return $"{Wording.WordOf(report.Status)}. {Wording.Line(report.Summary)}";
            }

            if (Model.Questions is [.., var question])
            {
                return $"{Wording.Line(question.Step)} waits for a decision.";
            }

            var last = report.Reverts.Concat(report.Steps).Where(step => step.Duration is not null).MaxBy(step => step.StartedAt + step.Duration);
            var now = report.Steps.FirstOrDefault(step => step.Status == StepStatus.Running);
            return string.Join(' ', new[] { last is null ? null : $"{Wording.Line(last.Name)}: {Wording.WordOf(last.Status)}.", now is null ? null : $"{Wording.Line(now.Name)} is running." }.OfType<string>());
        }
    }
}
