using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Ssh.Fleets;

/// <summary>What the outcomes of hosts add up to.</summary>
internal sealed class FleetVerdict(SshFleet fleet)
{
    private readonly Dictionary<string, HostOutcome> _outcomes = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _failed;

    /// <summary>Counts an outcome.</summary>
    /// <returns>False when there are too many bad ones to go on.</returns>
    public bool Count(HostOutcome outcome)
    {
        lock (_lock)
        {
            _failed += IsFailure(outcome) ? 1 : 0;
            return _failed <= fleet.MaxFailedHosts;
        }
    }

    /// <summary>Keeps what is reported of a host; what comes later counts.</summary>
    public void Add(IEnumerable<HostOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            _outcomes[outcome.Host.Name] = outcome;
        }
    }

    public bool IsFailure(HostOutcome outcome) => outcome.State == HostState.Failed || (outcome.State == HostState.Unreachable && !fleet.SkipUnreachable);

    /// <summary>True when more hosts failed than may.</summary>
    public bool HasFailed => _failed > fleet.MaxFailedHosts;

    /// <summary>True when no host at all did what it should.</summary>
    public bool IsNobodyGood => !_outcomes.Values.Any(outcome => outcome.IsGood);

    /// <summary>Hosts that are not well, which a deployment that goes on must still say.</summary>
    public IReadOnlyList<HostOutcome> Bad => [.. _outcomes.Values.Where(outcome => outcome.State is HostState.Failed or HostState.Unreachable)];

    /// <summary>The first complaints, for a sentence.</summary>
    public string Complaints()
    {
        var bad = Bad;
        return string.Join("; ", bad.Take(3).Select(outcome => $"{outcome.Host.Name}: {outcome.Detail}")) + (bad.Count > 3 ? $"; and {bad.Count - 3} more" : string.Empty);
    }

    /// <summary>Every host with its outcome.</summary>
    public Evidence ToEvidence(string done)
    {
        var counts = _outcomes.Values.CountBy(outcome => outcome.State).OrderBy(pair => pair.Key)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {Word(pair.Key, done)}"));
        var text = new StringBuilder();
        var hosts = new JsonArray();
        foreach (var outcome in _outcomes.Values)
        {
            text.Append(outcome.Host.Name).Append(": ").Append(Word(outcome.State, done)).Append(outcome.Detail is null ? string.Empty : $" ({outcome.Detail})").Append('\n');
            hosts.Add((JsonNode)new JsonObject { ["host"] = outcome.Host.Name, ["outcome"] = Word(outcome.State, done), ["detail"] = outcome.Detail });
        }

        return new Evidence("hosts", $"{_outcomes.Count} hosts: {string.Join(", ", counts)}") { Text = text.ToString(), Data = new JsonObject { ["hosts"] = hosts } };
    }

    private static string Word(HostState state, string done) => state switch
    {
        HostState.Done => done,
        HostState.Already => "was so already",
        HostState.Failed => "failed",
        HostState.Unreachable => "unreachable",
        _ => "not tried",
    };
}
