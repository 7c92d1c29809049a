using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline;

/// <summary>What an author can say about the nine phases of <see cref="DeployPipelineBuilderExtensions.AddWerckerFlow"/>.</summary>
public sealed class WerckerFlow
{
    /// <summary>Commands before the push. Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PreDeploy { get; set; } = [];

    /// <summary>
    /// The "deploy" commands of wercker.json. A <see cref="Targets.CustomTarget"/> has them already and runs them; every other target is pushed to, and
    /// the deployment says that they are not run. Empty by default.
    /// </summary>
    public IReadOnlyList<WerckerCommand> Deploy { get; set; } = [];

    /// <summary>Commands after the push. Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PostDeploy { get; set; } = [];

    /// <summary>Commands that test the deployed application. Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PostDeployTest { get; set; } = [];

    /// <summary>How long the application may warm up before the post-deploy test. Default: 30 seconds. WERCKER_POSTDEPLOY_WARMUP_SECONDS overrides it.</summary>
    public TimeSpan WarmUp { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Switches maintenance on for the time of the deployment, where the target can. Default: true.</summary>
    public bool Maintenance { get; set; } = true;

    /// <summary>Restarts the application, where the target can. Default: true.</summary>
    public bool Restart { get; set; } = true;

    /// <summary>WERCKER_PLATFORM_VERSION: the version of the language platform. Default: "1.0.0", that of the blank platform.</summary>
    public string PlatformVersion { get; set; } = "1.0.0";

    internal List<HttpTest> Http { get; } = [];

    internal (TimeSpan Within, string? Question)? Gate { get; private set; }

    internal LogTest Log { get; private set; } = new();

    internal MetricsTest Metric { get; private set; } = new();

    /// <summary>Lets somebody approve the deployment after the target was checked and before anything is changed: the step "Approval".</summary>
    /// <param name="within">How long to wait; up to 30 days. Without an answer the deployment is rejected.</param>
    /// <param name="question">What is asked. Default: whether the deployment may go on.</param>
    /// <returns>This flow.</returns>
    public WerckerFlow Approval(TimeSpan within, string? question = null)
    {
        Gate = (within, question);
        return this;
    }

    /// <summary>
    /// Adds an HTTP test to the post-deploy test. It runs after the warm-up and before the commands, so that these test the new version.
    /// Several run in the order in which they were added.
    /// </summary>
    /// <param name="configure">Says what to ask and what to expect.</param>
    /// <returns>This flow.</returns>
    /// <exception cref="ConfigurationException">The test makes no sense.</exception>
    public WerckerFlow HttpTest(Action<HttpTest> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var test = new HttpTest();
        configure(test);
        return HttpTest(test);
    }

    /// <summary>Adds an HTTP test to the post-deploy test, one that settings describe for example.</summary>
    /// <param name="test">The test.</param>
    /// <returns>This flow.</returns>
    /// <exception cref="ConfigurationException">The test makes no sense.</exception>
    public WerckerFlow HttpTest(HttpTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Http.Add(test.Checked());
        return this;
    }

    /// <summary>Says what the log test asks.</summary>
    /// <param name="configure">Adds sources and limits.</param>
    /// <returns>This flow.</returns>
    public WerckerFlow LogTest(Action<LogTest> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Log);
        return this;
    }

    /// <summary>Takes a log test as it is, such as one from settings.</summary>
    /// <param name="test">The test; it replaces what was said before.</param>
    /// <returns>This flow.</returns>
    public WerckerFlow LogTest(LogTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Log = test;
        return this;
    }

    /// <summary>Says what the metrics test asks.</summary>
    /// <param name="configure">Adds checks.</param>
    /// <returns>This flow.</returns>
    public WerckerFlow MetricsTest(Action<MetricsTest> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Metric);
        return this;
    }

    /// <summary>Takes a metrics test that was read from settings, instead of the one so far.</summary>
    /// <param name="test">The test.</param>
    /// <returns>This flow.</returns>
    public WerckerFlow MetricsTest(MetricsTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Metric = test;
        return this;
    }
}
