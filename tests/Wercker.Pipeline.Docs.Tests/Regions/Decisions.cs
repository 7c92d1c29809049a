using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/decisions.md; run by DecisionTests.</summary>
internal static class Decisions
{
    public static DeployPipeline Asks(IDecisionProvider people, IDeployStep migrate, IDeployStep publish, IDeployStep smokeTest)
    {
        // <asks>
        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Decisions = people })
            .AskOnFailure(within: TimeSpan.FromMinutes(30))
            .AddApproval("Approval", within: TimeSpan.FromHours(4), "Deploy the shop before the weekend?")
            .AddStep("Migrate", migrate, options => options.AllowedDecisions = [DecisionChoice.Retry, DecisionChoice.RollBack])
            .AddStep("Publish", publish)
            .AddStep("SmokeTest", smokeTest, options => options.VerifiesRollBack = true)
            .Build();
        // </asks>
        return pipeline;
    }

    public static IDecisionProvider[] Providers(TextReader input, TextWriter output, HttpClient http, Secret secret)
    {
        // <providers>
        var rule = DecisionProvider.Fixed(DecisionChoice.Retry, DecisionChoice.Retry, DecisionChoice.RollBack);
        var files = DecisionProvider.Files("/var/lib/shop/decisions");
        var terminal = DecisionProvider.Prompt(input, output, by: "ann");
        var webhook = new WebhookDecisionProvider(http, new Uri("https://chat.example.org/hooks/deploy"), secret);
        var whoeverIsFirst = DecisionProvider.FirstOf(files, terminal, webhook);
        // </providers>
        return [rule, files, terminal, webhook, whoeverIsFirst];
    }

    public static (int Status, string? Fault) Callback(WebhookDecisionProvider webhook, byte[] body, string? signature)
    {
        // <callback>
        var fault = webhook.Receive(body, signature);
        return fault is null ? (204, null) : (400, fault);
        // </callback>
    }
}
