using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>Decides whether a deployment of the journal can go on with this pipeline, and with what request.</summary>
internal static class Resumption
{
    /// <summary>The request to go on with: the given one, or what the journal remembers of the first.</summary>
    /// <exception cref="ConfigurationException">It is another deployment than the journal's, or a secret is missing.</exception>
    public static DeployRequest RequestOf(PipelineDefinition definition, DeploymentHistory history, string id, DeployRequest? given)
    {
        var header = HeaderOf(history, id);
        EnsureSame(id, "pipeline", header.Pipeline, definition.Name);
        EnsureSame(id, "target", header.Target ?? "none", definition.Target?.Name ?? "none");
        EnsureSame(id, "list of steps", string.Join(", ", header.Steps), string.Join(", ", GroupNode.Flatten(definition.Nodes).Select(node => node.Path)));
        var request = given ?? new DeployRequest(header.App, header.Revision);
        EnsureSame(id, "app", header.App, request.App);
        EnsureSame(id, "revision", header.Revision, request.Revision);
        request = request with { Id = id, Source = request.Source ?? header.Source, RequestedBy = request.RequestedBy ?? header.RequestedBy, Variables = Recall(header, request) };
        EnsureSecrets(definition, header, id, request);
        return request;
    }

    /// <exception cref="ConfigurationException">The journal does not know the deployment.</exception>
    public static DeploymentHeader HeaderOf(DeploymentHistory history, string id) =>
        history.Header ?? throw new ConfigurationException($"The journal knows no deployment '{id}', or its beginning is missing.");

    /// <summary>Closes a deployment as it is.</summary>
    public static async Task<DeployReport> AbandonAsync(PipelineServices services, string id, string reason, CancellationToken cancellationToken)
    {
        var history = await DeploymentHistory.ReadAsync(services.Journal, id, cancellationToken).ConfigureAwait(false);
        HeaderOf(history, id);
        var recorder = new DeploymentRecorder(id, services, new SecretMasker(), history.Events);
        if (!history.IsFinished)
        {
            var restore = history.Started.Any(history.IsArmed) ? RestoreStatus.Left : history.Restore;
            await recorder.RecordAsync(
                DeployEventKind.DeploymentFinished,
                e => e with { Verdict = history.Verdict ?? DeployStatus.Canceled, Restore = restore, Message = $"abandoned: {reason}" },
                cancellationToken).ConfigureAwait(false);
        }

        return recorder.Report.Build();
    }

    /// <summary>The deployment goes on with the variables that it had. Values with a masked part are not what they were, so those are left to the pipeline and the caller.</summary>
    private static OrderedDictionary<string, string> Recall(DeploymentHeader header, DeployRequest request)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in header.Environment.Where(pair => !pair.Value.Contains(Secret.Mask, StringComparison.Ordinal)).Concat(request.Variables))
        {
            variables[name] = value;
        }

        return variables;
    }

    private static void EnsureSecrets(PipelineDefinition definition, DeploymentHeader header, string id, DeployRequest request)
    {
        var environment = definition.EnvironmentOf(request);
        if (header.Environment.Where(pair => pair.Value.Contains(Secret.Mask, StringComparison.Ordinal) && !environment.TryGet(pair.Key, out _)).Select(pair => pair.Key).ToArray() is [_, ..] missing)
        {
            throw new ConfigurationException(
                $"Deployment {id} cannot go on without {string.Join(", ", missing)}: secrets are never written to the journal, give them again with the request.");
        }
    }

    private static void EnsureSame(string id, string what, string then, string now)
    {
        if (then != now)
        {
            throw new ConfigurationException($"Deployment {id} cannot go on here: its {what} was {then} and is {now} now. Resume it with what started it, or abandon it.");
        }
    }
}
