using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Notifications;

/// <summary>The bodies that systems understand. Texts of deployments are hostile: in each they can only be read as text.</summary>
internal static class NotificationBody
{
    // Slack refuses a section's text of more than 3000 characters and a field of more than 2000; escapes make up to five of one.
    private const int LongText = 550;
    private const int ShortText = 200;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static byte[] Own(DeployNotification notification)
    {
        using var report = new MemoryStream();
        notification.Report.WriteJson(report);
        return Write(json =>
        {
            json.WriteString("id", notification.Id);
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(notification.Kind.ToString()));
            json.WriteString("sentence", notification.Sentence);
            json.WritePropertyName("report");
            json.WriteRawValue(report.ToArray());
        });
    }

    /// <summary>Blocks of Slack. In mrkdwn only three characters are special, and they are escaped as Slack's documents say.</summary>
    public static byte[] Slack(DeployNotification notification) => Write(json =>
    {
        json.WriteString("text", Mrkdwn(notification.Sentence, LongText));
        json.WriteStartArray("blocks");
        WriteBlock(json, "section", () =>
        {
            json.WriteStartObject("text");
            json.WriteString("type", "mrkdwn");
            json.WriteString("text", $"{Sign(notification)} {Mrkdwn(notification.Sentence, LongText)}");
            json.WriteEndObject();
            json.WriteStartArray("fields");
            foreach (var (name, value) in Facts(notification))
            {
                json.WriteStartObject();
                json.WriteString("type", "mrkdwn");
                json.WriteString("text", $"*{name}*\n{Mrkdwn(value, ShortText)}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        json.WriteEndArray();
    });

    /// <summary>An Adaptive Card, as https://adaptivecards.io/schemas/adaptive-card.json describes it.</summary>
    public static byte[] Teams(DeployNotification notification) => Write(json =>
    {
        json.WriteString("type", "message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.4");
        json.WriteStartArray("body");
        WriteBlock(json, "TextBlock", () =>
        {
            json.WriteString("text", $"{Sign(notification)} {CardText(notification.Sentence, LongText)}");
            json.WriteBoolean("wrap", true);
            json.WriteString("weight", "Bolder");
            json.WriteString("color", Color(notification));
        });
        WriteBlock(json, "FactSet", () =>
        {
            json.WriteStartArray("facts");
            foreach (var (name, value) in Facts(notification))
            {
                json.WriteStartObject();
                json.WriteString("title", name);
                json.WriteString("value", CardText(value, ShortText));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>For those who read text.</summary>
    public static string Text(DeployNotification notification) =>
        $"{TerminalText.Clean(notification.Sentence)}\n\n{string.Concat(Facts(notification).Select(fact => $"{fact.Name}: {Line(fact.Value, LongText)}\n"))}";

    private static IEnumerable<(string Name, string Value)> Facts(DeployNotification notification)
    {
        var report = notification.Report;
        yield return ("App", report.App);
        yield return ("Revision", report.Revision);
        if (report.Target is { } target)
        {
            yield return ("Target", target);
        }

        if (report.RequestedBy is { } by)
        {
            yield return ("Asked for by", by);
        }

        if (report.RootCause is { } cause)
        {
            yield return ("Root cause", $"{cause.Name}: {ReportWording.Cause(report)}");
        }

        if (notification.Kind == DeployEventKind.DeploymentFinished)
        {
            yield return ("State of the target", ReportWording.TargetState(report));
            yield return ("Took", ReportWording.Duration(report.FinishedAt - report.StartedAt));
        }

        if (notification.Question is { } question)
        {
            yield return ("Choices", string.Join(", ", question.Choices.Select(Decisions.DecisionWords.Of)));
            yield return ("Without an answer", Decisions.DecisionWords.OfDeadline(question));
        }

        yield return ("Deployment", report.Id);
    }

    private static string Sign(DeployNotification notification) => notification.Kind switch
    {
        DeployEventKind.DeploymentStarted => "▶",
        DeployEventKind.DecisionRequested => "?",
        _ => ReportWording.Sign(notification.Report.Status),
    };

    private static string Color(DeployNotification notification) => (notification.Kind, notification.Report.Status) switch
    {
        (DeployEventKind.DeploymentFinished, DeployStatus.Succeeded) => "Good",
        (DeployEventKind.DeploymentFinished, DeployStatus.Failed) => "Attention",
        (DeployEventKind.DeploymentStarted, _) => "Default",
        _ => "Warning",
    };

    private static string Mrkdwn(string text, int length) => Line(text, length)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)

        // A zero-width space breaks what would be taken for bold, italics, struck out or code.
        .Replace("*", "*\u200b", StringComparison.Ordinal).Replace("_", "_\u200b", StringComparison.Ordinal).Replace("~", "~\u200b", StringComparison.Ordinal).Replace("`", "`\u200b", StringComparison.Ordinal);

    /// <summary>Cards read a part of Markdown: links, emphasis and lists, all of which begin with one of these.</summary>
    private static string CardText(string text, int length) =>
        string.Concat(Line(text, length).Select(c => "\\`*_[]()<>#~".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c.ToString()));

    /// <summary>One line of text, so long at most.</summary>
    public static string Line(string text, int length) => ReportWording.Cut(TerminalText.Clean(text), length).Replace('\n', ' ');

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteBlock(Utf8JsonWriter json, string type, Action members)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        members();
        json.WriteEndObject();
    }
}
