using System.Globalization;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline;

public static partial class DeployPipelineBuilderExtensions
{
    /// <summary>
    /// Adds the nine phases in their order: Setup, MaintenanceOn, PreDeployCustom, Push, PostDeployCustom, Restart, PostDeployTest, LogTest,
    /// MetricsTest; and the environment variables that go with them. Variables of pipeline, target and request override the built-in ones.
    /// </summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="configure">Says more about the phases; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddWerckerFlow(this DeployPipelineBuilder builder, Action<WerckerFlow>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var flow = new WerckerFlow();
        configure?.Invoke(flow);
        builder.WithDefaults((request, environment) => SetBuiltIns(flow, request, environment));
        Add(builder, "Setup", new SetupStep { Log = flow.Log, Http = flow.Http }, null);
        if (flow.Gate is { } gate)
        {
            builder.AddApproval("Approval", gate.Within, gate.Question);
        }

        if (flow.Maintenance)
        {
            builder.AddMaintenanceOn();
        }

        Add(builder.AddPreDeploy(flow.PreDeploy), "Push", new PushStep(flow.Deploy), IsRequired).AddPostDeploy(flow.PostDeploy);
        if (flow.Restart || flow.Maintenance)
        {
            Add(builder, "Restart", new RestartStep { RestartApplication = flow.Restart }, null);
        }

        return Add(builder, "PostDeployTest", new PostDeployTestStep(flow.PostDeployTest, flow.Http), (Action<StepOptions>)IsTest + AlwaysIf(flow.PostDeployTest))
            .AddLogTest(flow.Log)
            .AddMetricsTest(flow.Metric);
    }

    /// <summary>Adds a gate: the deployment waits until somebody approves it, and fails when somebody rejects it or nobody answers.</summary>
    /// <remarks>Asked is <see cref="PipelineServices.Decisions"/>. The gate survives a restart: the question is asked again with what is left of its time.</remarks>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="within">How long to wait; up to 30 days.</param>
    /// <param name="question">What is asked. Default: whether the deployment may go on.</param>
    /// <param name="options">Sets conditions; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ConfigurationException">The time is not possible.</exception>
    public static DeployPipelineBuilder AddApproval(this DeployPipelineBuilder builder, string name, TimeSpan within, string? question = null, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var gate = new ApprovalStep(question ?? "may the deployment go on?", within);
        return builder.AddStep(name, _ => gate, configured =>
        {
            // Who rejects it has decided already.
            configured.AllowedDecisions = [];
            options?.Invoke(configured);
        });
    }

    /// <summary>
    /// Adds an HTTP test to a pipeline of your own. With <see cref="StepOptions.VerifiesRollBack"/> it is run again after a roll back, and then expects the version that
    /// answered when "Setup" ran (<c>AddSetup</c>); in a pipeline without that step, any version but the new one.
    /// </summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="configure">Says what to ask and what to expect.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ConfigurationException">The test makes no sense.</exception>
    public static DeployPipelineBuilder AddHttpTest(this DeployPipelineBuilder builder, string name, Action<HttpTest> configure, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var test = new HttpTest();
        configure(test);
        return builder.AddHttpTest(name, test, options);
    }

    /// <summary>
    /// Adds an HTTP test to a pipeline of your own. With <see cref="StepOptions.VerifiesRollBack"/> it is run again after a roll back, and then expects the version that
    /// answered when "Setup" ran (<c>AddSetup</c>); in a pipeline without that step, any version but the new one.
    /// </summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="test">The test, such as one of <see cref="HttpTest.FromSettings"/>.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ConfigurationException">The test makes no sense.</exception>
    public static DeployPipelineBuilder AddHttpTest(this DeployPipelineBuilder builder, string name, HttpTest test, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(test);
        var step = new HttpTestStep([test.Checked()]);
        return builder.AddStep(name, _ => step, options);
    }

    /// <summary>Adds a log test to a pipeline of your own, under the name "LogTest".</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="configure">Says what it asks.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddLogTest(this DeployPipelineBuilder builder, Action<LogTest> configure, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var test = new LogTest();
        configure(test);
        return builder.AddLogTest(test, options);
    }

    /// <summary>Adds a log test to a pipeline of your own, under the name "LogTest".</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="test">The test, such as one from settings.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddLogTest(this DeployPipelineBuilder builder, LogTest test, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(test);
        builder.WithDefaults((_, environment) => test.Contribute(environment));
        return builder.AddStep("LogTest", _ => new LogTestStep(test), options);
    }

    /// <summary>Adds a metrics test to a pipeline of your own, under the name "MetricsTest".</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="configure">Says what it asks.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddMetricsTest(this DeployPipelineBuilder builder, Action<MetricsTest> configure, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var test = new MetricsTest();
        configure(test);
        return builder.AddMetricsTest(test, options);
    }

    /// <summary>Adds a metrics test that was read from settings, under the name "MetricsTest".</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="test">The test.</param>
    /// <param name="options">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddMetricsTest(this DeployPipelineBuilder builder, MetricsTest test, Action<StepOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(test);
        builder.WithDefaults((_, environment) => test.Contribute(environment));
        return builder.AddStep("MetricsTest", _ => new MetricsTestStep(test), options);
    }

    private static void SetBuiltIns(WerckerFlow flow, DeployRequest request, DeployEnvironment environment) => environment
        .Set("WERCKER", "true")
        .Set("WERCKER_DEPLOY_ID", request.Id ?? "plan")
        .Set("DEPLOY", "true")
        .Set("WERCKER_PLATFORM_VERSION", flow.PlatformVersion)
        .Set(PostDeployTestStep.WarmUpVariable, flow.WarmUp.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture))
        .Set("WERCKER_APPLICATION_NAME", request.App)
        .Set("WERCKER_GIT_COMMIT", request.Revision)
        .Set("WERCKER_STARTED_BY", request.RequestedBy ?? "unknown");
}
