using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>Turns what happens into masked events: first into the journal, which must succeed, then to the observers, who may fail.</summary>
internal sealed partial class DeploymentRecorder
{
    private static readonly TimeSpan ObserverPatience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly PipelineServices _services;
    private readonly ILogger _logger;
    private long _sequence;
    private long? _lastJournaled;

    /// <summary>Goes on where a deployment has come to.</summary>
    public DeploymentRecorder(string deploymentId, PipelineServices services, SecretMasker masker, IReadOnlyList<DeployEvent> past)
    {
        DeploymentId = deploymentId;
        Masker = masker;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger("Wercker.Pipeline");
        foreach (var deployEvent in past)
        {
            Report.Apply(deployEvent);
            _sequence = deployEvent.Sequence;
        }
    }

    public string DeploymentId { get; }

    public SecretMasker Masker { get; }

    /// <summary>The report so far.</summary>
    public DeployReportBuilder Report { get; } = new();

    public async ValueTask RecordAsync(DeployEventKind kind, Func<DeployEvent, DeployEvent> fill, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var bare = new DeployEvent { DeploymentId = DeploymentId, Sequence = _sequence + 1, At = _services.TimeProvider.GetUtcNow(), Kind = kind };
            var masked = MaskTexts(fill(bare));
            if (_lastJournaled is null)
            {
                await _services.Journal.AppendAsync(masked, cancellationToken).ConfigureAwait(false);
            }

            _sequence++;
            Report.Apply(masked);
            foreach (var observer in _services.Observers)
            {
                await NotifyAsync(observer, masked).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The journal is lost: what is left to do, the undo, is done without it.</summary>
    public void GiveUpJournal() => _lastJournaled = _sequence;

    /// <summary>After the undo the journal is tried once more, so that nobody resumes what is over. Where it still cannot record, that is all.</summary>
    public async ValueTask LeaveWordAsync(Func<ValueTask> record)
    {
        try
        {
            _sequence = _lastJournaled ?? _sequence;
            _lastJournaled = null;
            await record().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogJournalLost(_logger, DeploymentId, Masker.Mask(e.Message));
        }
    }

    private async ValueTask NotifyAsync(IDeployObserver observer, DeployEvent deployEvent)
    {
        using var patience = new CancellationTokenSource(ObserverPatience, _services.TimeProvider);
        try
        {
            await observer.OnEventAsync(deployEvent, patience.Token).AsTask().WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogObserverFailed(_logger, observer.GetType().Name, deployEvent.Kind, Masker.Mask(e.Message));
        }
    }

    private DeployEvent MaskTexts(DeployEvent e) => e with
    {
        Message = e.Message is null ? null : Masker.Mask(e.Message),
        Error = e.Error is null ? null : Masker.Mask(e.Error),
        Evidence = e.Evidence.Count == 0 ? e.Evidence : [.. e.Evidence.Select(MaskEvidence)],
        Header = e.Header is null ? null : MaskHeader(e.Header),
        Question = e.Question is null ? null : MaskQuestion(e.Question),
        Value = e.Value is { } value ? MaskJson(JsonNode.Parse(value.GetRawText())) is { } node ? JsonDocument.Parse(node.ToJsonString()).RootElement : value : null,
    };

    private DecisionRequest MaskQuestion(DecisionRequest question) => question with
    {
        Question = Masker.Mask(question.Question),
        Decision = question.Decision is { } decision
            ? decision with { By = Masker.Mask(decision.By), Reason = decision.Reason is null ? null : Masker.Mask(decision.Reason) }
            : null,
    };

    private DeploymentHeader MaskHeader(DeploymentHeader header) => header with
    {
        App = Masker.Mask(header.App),
        Revision = Masker.Mask(header.Revision),
        RequestedBy = header.RequestedBy is null ? null : Masker.Mask(header.RequestedBy),
        Source = header.Source?.Mask(Masker),
        Environment = new OrderedDictionary<string, string>(header.Environment.Select(pair => KeyValuePair.Create(pair.Key, Masker.Mask(pair.Value)))),
    };

    private Evidence MaskEvidence(Evidence evidence) => evidence with
    {
        Title = Masker.Mask(evidence.Title),
        Text = evidence.Text is null ? null : Masker.Mask(evidence.Text),
        Data = evidence.Data is null ? null : MaskData(evidence.Data),
    };

    /// <summary>Evidence is written by strangers: what cannot be written as JSON is said, and must not stop the deployment.</summary>
    private JsonObject? MaskData(JsonObject data)
    {
        try
        {
            return (JsonObject?)MaskJson(JsonNode.Parse(data.ToJsonString()));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or JsonException)
        {
            return new JsonObject { ["unreadable"] = Masker.Mask(e.Message) };
        }
    }

    private JsonNode? MaskJson(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map.ToArray())
                {
                    map.Remove(key);
                    map[Masker.Mask(key)] = MaskJson(value);
                }

                return map;
            case JsonArray list:
                var items = list.ToArray();
                list.Clear();
                foreach (var item in items)
                {
                    list.Add(MaskJson(item));
                }

                return list;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                // A time or an id that was put in as such is a string only once it is written.
                return JsonValue.Create(Masker.Mask(value.TryGetValue(out string? text) ? text : JsonNode.Parse(value.ToJsonString())!.GetValue<string>()));
            default:
                return node;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Observer {Observer} failed on {Kind}: {Error}")]
    private static partial void LogObserverFailed(ILogger logger, string observer, DeployEventKind kind, string error);

    [LoggerMessage(2, LogLevel.Error, "The journal of deployment {Deployment} does not know how it ended: {Error}")]
    private static partial void LogJournalLost(ILogger logger, string deployment, string error);
}
