using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline;

/// <content>The phases one by one, for pipelines that do not take the whole flow. Each is skipped, with the reason, where the target cannot do it.</content>
public static partial class DeployPipelineBuilderExtensions
{
    /// <summary>Adds "Setup": the target is checked beforehand, and whether a deployment to it could be taken back.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddSetup(this DeployPipelineBuilder builder, Action<StepOptions>? options = null) => Add(builder, "Setup", new SetupStep(), options);

    /// <summary>Adds "MaintenanceOn": maintenance is switched on. Its undo, and <see cref="AddRestart"/>, put it back as it was found.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddMaintenanceOn(this DeployPipelineBuilder builder, Action<StepOptions>? options = null) =>
        Add(builder, "MaintenanceOn", new MaintenanceOnStep(), options);

    /// <summary>Adds "PreDeployCustom": commands before the push, on the old release where the target runs commands itself, in the sandbox elsewhere.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="commands">The commands, in order.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddPreDeploy(this DeployPipelineBuilder builder, IReadOnlyList<WerckerCommand> commands, Action<StepOptions>? options = null) =>
        Add(builder, "PreDeployCustom", new PreDeployCustomStep(commands), AlwaysIf(commands) + options);

    /// <summary>Adds "Push": the new version is brought to the target. Its undo goes back to the release that was live before.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddPush(this DeployPipelineBuilder builder, Action<StepOptions>? options = null) => Add(builder, "Push", new PushStep(), (Action<StepOptions>)IsRequired + options);

    /// <summary>Adds "PostDeployCustom": commands after the push, on the new release where the target runs commands itself, in the sandbox elsewhere.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="commands">The commands, in order.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddPostDeploy(this DeployPipelineBuilder builder, IReadOnlyList<WerckerCommand> commands, Action<StepOptions>? options = null) =>
        Add(builder, "PostDeployCustom", new PostDeployCustomStep(commands), AlwaysIf(commands) + options);

    /// <summary>Adds "Restart": the application is restarted, and maintenance put back as it was found.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddRestart(this DeployPipelineBuilder builder, Action<StepOptions>? options = null) => Add(builder, "Restart", new RestartStep(), options);

    /// <summary>
    /// Adds "PostDeployTest": a warm-up of WERCKER_POSTDEPLOY_WARMUP_SECONDS, none where that is not set, then commands in the sandbox. After a roll back it
    /// is run again, against the old release.
    /// </summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="commands">The commands, in order.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddPostDeployTest(this DeployPipelineBuilder builder, IReadOnlyList<WerckerCommand> commands, Action<StepOptions>? options = null) =>
        Add(builder, "PostDeployTest", new PostDeployTestStep(commands), (Action<StepOptions>)IsTest + AlwaysIf(commands) + options);

    private static DeployPipelineBuilder Add(DeployPipelineBuilder builder, string name, IDeployStep step, Action<StepOptions>? options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddStep(name, _ => step, options);
    }

    private static Action<StepOptions> AlwaysIf(IReadOnlyList<WerckerCommand> commands) =>
        options => options.RunAlways = commands.Any(command => command.RunAlways);

    /// <summary>Without it nothing is deployed, so nobody may pass it over.</summary>
    private static void IsRequired(StepOptions options) => options.AllowedDecisions = [DecisionChoice.Retry, DecisionChoice.Fail, DecisionChoice.RollBack];

    /// <summary>It tests what is deployed and nothing that the phases before it left in the sandbox.</summary>
    private static void IsTest(StepOptions options)
    {
        options.ResumeBehavior = ResumeBehavior.RunAgain;
        options.VerifiesRollBack = true;
    }
}
