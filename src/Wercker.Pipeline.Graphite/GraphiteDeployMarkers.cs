using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Graphite.Render;

namespace Wercker.Pipeline.Graphite;

/// <summary>Marks deployments in Graphite's events, so that a graph shows why a line bends: when one starts, is taken back, and ends with which verdict.</summary>
/// <remarks>
/// Events are tagged with "deploy", the application, the target and the phase ("start", "rollback", "finish"):
/// <c>events("deploy", "shop", "finish")</c> draws them. Their data is JSON. A marker that Graphite does not take is logged by the
/// pipeline and changes nothing.
/// </remarks>
public sealed class GraphiteDeployMarkers : IDeployObserver
{
    private readonly GraphiteServer _server;
    private readonly ConcurrentDictionary<string, Deployment> _running = new(StringComparer.Ordinal);

    /// <summary>Makes the observer.</summary>
    /// <param name="http">The client, of <see cref="GraphiteHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">Where Graphite is.</param>
    /// <exception cref="ConfigurationException">The address has a user or password in it, or the credentials do not go together.</exception>
    public GraphiteDeployMarkers(HttpClient http, GraphiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _server = new GraphiteServer(http, options, TimeProvider.System);
    }

    /// <summary>Goes on with a deployment that was killed: what was marked then is not marked again.</summary>
    /// <param name="events">The events of the deployment so far.</param>
    public void Resume(IReadOnlyList<DeployEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var deployEvent in events)
        {
            _ = deployEvent.Kind switch
            {
                DeployEventKind.DeploymentStarted when deployEvent.Header is { } header => _running[deployEvent.DeploymentId] = new Deployment(header),
                DeployEventKind.RevertStarted when _running.TryGetValue(deployEvent.DeploymentId, out var running) => running.TakenBack(),
                _ => null,
            };
        }
    }

    /// <inheritdoc />
    /// <exception cref="GraphiteException">Graphite did not take the marker.</exception>
    public async ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        switch (deployEvent.Kind)
        {
            case DeployEventKind.DeploymentStarted when deployEvent.Header is { } header:
                _running[deployEvent.DeploymentId] = new Deployment(header);
                await PostAsync(header, "start", $"{header.Revision} is being deployed", deployEvent, cancellationToken).ConfigureAwait(false);
                break;
            case DeployEventKind.RevertStarted when _running.TryGetValue(deployEvent.DeploymentId, out var running) && running.IsTakenBack():
                await PostAsync(running.Header, "rollback", $"{running.Header.Revision} is being taken back", deployEvent, cancellationToken).ConfigureAwait(false);
                break;
            case DeployEventKind.DeploymentFinished when _running.TryRemove(deployEvent.DeploymentId, out var running):
                var verdict = deployEvent.Verdict?.ToString().ToLowerInvariant() ?? "ended";
                await PostAsync(running.Header, "finish", $"deployment of {running.Header.Revision}: {verdict}", deployEvent, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private ValueTask PostAsync(DeploymentHeader header, string phase, string sentence, DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        var data = new JsonObject
        {
            ["deployment"] = deployEvent.DeploymentId,
            ["app"] = header.App,
            ["revision"] = header.Revision,
            ["target"] = header.Target,
            ["phase"] = phase,
            ["verdict"] = deployEvent.Verdict is { } verdict ? WordOf(verdict.ToString()) : null,
            ["restore"] = deployEvent.Restore is { } restore ? WordOf(restore.ToString()) : null,
            ["message"] = deployEvent.Message,
            ["requestedBy"] = header.RequestedBy,
        };
        string[] tags = [.. new[] { "deploy", header.App, header.Target, phase }.OfType<string>().Select(TagOf).Distinct(StringComparer.Ordinal)];
        return _server.PostEventAsync($"{header.App}{(header.Target is { } target ? $" on {target}" : string.Empty)}: {sentence}", tags, deployEvent.At, data, cancellationToken);
    }

    private static string WordOf(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    // Graphite keeps tags in one text with spaces between them.
    private static string TagOf(string text) => string.Concat(text.Select(c => char.IsWhiteSpace(c) ? '-' : c));

    private sealed class Deployment(DeploymentHeader header)
    {
        private int _takenBack;

        public DeploymentHeader Header => header;

        public Deployment TakenBack()
        {
            IsTakenBack();
            return this;
        }

        /// <summary>True the first time: a deployment is taken back step by step, and that is one rollback.</summary>
        public bool IsTakenBack() => Interlocked.Exchange(ref _takenBack, 1) == 0;
    }
}
