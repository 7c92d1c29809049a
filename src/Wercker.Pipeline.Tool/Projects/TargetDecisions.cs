using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>What happens on failure, whether a deployment waits for an approval, and who is asked: "decisions" of a target.</summary>
internal sealed class TargetDecisions : IDisposable
{
    private static readonly string[] Policies = ["roll-back", "leave", "ask"];
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(30);
    private readonly Lazy<HttpClient> _http = new(() => new HttpClient { Timeout = TimeSpan.FromSeconds(30) });
    private readonly string _onFailure;
    private readonly TimeSpan _within;
    private readonly DecisionChoice _otherwise;
    private readonly (TimeSpan Within, string? Question)? _gate;
    private readonly (Uri Url, Secret Secret)? _webhook;

    /// <summary>Reads the settings.</summary>
    /// <param name="target">The target.</param>
    /// <param name="lookup">Finds the secret that the settings name.</param>
    /// <param name="onFailure">What the command line says; null for what the settings say.</param>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its place.</exception>
    public TargetDecisions(TargetSettings target, Func<string, string?> lookup, string? onFailure)
    {
        var settings = new SettingsReader(target.Decisions ?? [], $"{target.Location}.decisions", lookup);
        settings.RefuseUnknown("onFailure", "within", "otherwise", "approval", "webhook");
        var said = settings.GetChoice("onFailure", "roll-back", [.. Policies.Select(policy => (policy, policy))]);
        _onFailure = onFailure is null || Policies.Contains(onFailure)
            ? onFailure ?? said
            : throw new ConfigurationException($"--on-failure: '{ConsoleText.CleanLine(onFailure)}' is none of {string.Join(", ", Policies)}.");
        _within = Patience(settings, "within");
        _otherwise = settings.GetChoice(
            "otherwise", DecisionChoice.RollBack, ("roll-back", DecisionChoice.RollBack), ("fail", DecisionChoice.Fail), ("ignore", DecisionChoice.Ignore));
        if (settings.GetSection("approval") is { } approval)
        {
            approval.RefuseUnknown("within", "question");
            _gate = (Patience(approval, "within"), approval.GetText("question"));
        }

        if (settings.GetSection("webhook") is { } webhook)
        {
            webhook.RefuseUnknown("url", "secret");
            _webhook = (
                webhook.GetUrl("url") ?? throw webhook.Fault("url", "is missing."),
                webhook.GetSecret("secret") ?? throw webhook.Fault("secret", "is missing: name an environment variable with the secret that both sides know."));
        }
    }

    /// <summary>True when somebody may have to be asked.</summary>
    public bool Asks => _gate is not null || _onFailure == "ask";

    public void AddTo(DeployPipelineBuilder builder) => _ = _onFailure switch
    {
        "leave" => builder.LeaveOnFailure(),
        "ask" => builder.AskOnFailure(_within, _otherwise),
        _ => builder,
    };

    public void AddTo(WerckerFlow flow)
    {
        if (_gate is { } gate)
        {
            flow.Approval(gate.Within, gate.Question);
        }
    }

    /// <summary>Who is asked: always whoever uses 'wercker decide', and besides, whoever sits at the terminal, and the webhook.</summary>
    /// <param name="store">Has the answers of 'wercker decide', from whatever machine they come.</param>
    /// <param name="terminal">Who sits at the terminal; null when nobody does.</param>
    public IDecisionProvider Provider(IDecisionProvider store, IDecisionProvider? terminal)
    {
        List<IDecisionProvider> asked = [store];
        if (terminal is not null)
        {
            asked.Add(terminal);
        }

        if (_webhook is { } webhook)
        {
            asked.Add(new WebhookDecisionProvider(_http.Value, webhook.Url, webhook.Secret));
        }

        return DecisionProvider.FirstOf(asked);
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private static TimeSpan Patience(SettingsReader settings, string key) => settings.GetDuration(key) switch
    {
        null => DefaultPatience,
        { TotalDays: > 30 } => throw settings.Fault(key, "is longer than 30 days: nobody waits that long."),
        { } within => within,
    };
}
