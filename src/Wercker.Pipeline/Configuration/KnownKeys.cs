using System.Collections.Frozen;

namespace Wercker.Pipeline.Configuration;

/// <summary>Every key that wercker.json may hold. The JSON Schema for editors says the same; a test compares them.</summary>
internal static class KnownKeys
{
    public const string Language = "lang";
    public const string Version = "version";
    public const string Root = "root";
    public const string Box = "box";
    public const string Packages = "packages";
    public const string Services = "services";
    public const string PreDeploy = "pre-deploy";
    public const string Deploy = "deploy";
    public const string PostDeploy = "post-deploy";
    public const string PostDeployTest = "post-deploy test";
    public const string CustomSteps = "custom steps";
    public const string NoResponseTimeout = "no-response-timeout";
    public const string CommandTimeout = "command-timeout";
    public const string Targets = "targets";

    public const string Provider = "provider";
    public const string Variables = "variables";
    public const string Secrets = "secrets";
    public const string Sandbox = "sandbox";
    public const string HttpTest = "http-test";
    public const string LogTest = "log-test";
    public const string MetricsTest = "metrics-test";
    public const string Decisions = "decisions";
    public const string Notifications = "notifications";

    public const string Cmd = "cmd";
    public const string Log = "log";
    public const string RunAlways = "runAlways";
    public const string Commands = "commands";

    /// <summary>Keys of the file.</summary>
    public static KeyTable File { get; } = new(
        new("$schema", KeyShape.Any),
        new(Language, KeyShape.Text),
        new(Version, KeyShape.Text),
        new(Root, KeyShape.Text),
        new(Box, KeyShape.Text),
        new(Packages, KeyShape.TextList),
        new(Services, KeyShape.Services),
        new("pre-install", KeyShape.Commands, "preInstallScripts"),
        new("pre-test", KeyShape.Commands, "preTestScripts", "preScripts"),
        new(CustomSteps, KeyShape.CustomSteps, "customSteps"),
        new("post-test", KeyShape.Commands, "postTestScripts", "postScripts"),
        new(PreDeploy, KeyShape.Commands, "preDeploy"),
        new(Deploy, KeyShape.Commands),
        new(PostDeploy, KeyShape.Commands, "postDeploy"),
        new(PostDeployTest, KeyShape.Commands, "postDeployTest"),
        new("pre-provision", KeyShape.Commands, "preProvision"),
        new("provision", KeyShape.Commands),
        new("post-provision", KeyShape.Commands, "postProvision"),
        new(NoResponseTimeout, KeyShape.Minutes),
        new(CommandTimeout, KeyShape.Minutes),
        new(Targets, KeyShape.Targets));

    /// <summary>Keys of one target; all others are options for its provider.</summary>
    public static KeyTable Target { get; } = new(
        new(Provider, KeyShape.Text),
        new(Variables, KeyShape.Variables),
        new(Secrets, KeyShape.VariableNames),
        new(Sandbox, KeyShape.Map),
        new(HttpTest, KeyShape.Map, "httpTest"),
        new(LogTest, KeyShape.Map, "logTest"),
        new(MetricsTest, KeyShape.Map, "metricsTest"),
        new(Decisions, KeyShape.Map),
        new(Notifications, KeyShape.Map));

    /// <summary>Keys of a command that is written as an object.</summary>
    public static KeyTable Command { get; } = new(
        new(Cmd, KeyShape.Text),
        new(Log, KeyShape.Flag),
        new(RunAlways, KeyShape.Flag));

    /// <summary>Keys of a step that is written as an object.</summary>
    public static KeyTable Step { get; } = new(
        new(Commands, KeyShape.Commands),
        new(Log, KeyShape.Flag),
        new(RunAlways, KeyShape.Flag),
        new("dependentOnFile", KeyShape.Any));

    /// <summary>Built-in steps of wercker's boxes, which a file may switch off. Their names count exactly as written.</summary>
    public static FrozenSet<string> Steps { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "platform", "configure", "make", "make test", "npm install", "npm test", "jshint", "bundle install", "bundle exec rake", "rails databaseyml",
        "pip install", "unit test", "get", "build", "test", "package", "deploy setup", "deploy pre-deploy", "deploy git prepare", "deploy post-deploy");

    /// <summary>Keys of the first half of 2012 that mean nothing any more.</summary>
    public static FrozenSet<string> Obsolete { get; } = FrozenSet.Create(StringComparer.Ordinal, "enable_diagnostics", "ignoreSteps");

    /// <summary>Finds the step that a misspelt one probably means.</summary>
    public static KeyTable StepNames { get; } = new([.. Steps.Order(StringComparer.Ordinal).Select(step => new KnownKey(step, KeyShape.StepToggle))]);
}
