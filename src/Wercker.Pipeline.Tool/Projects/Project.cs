using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>A project, its target and what is asked for, all of it checked as far as that needs no sandbox.</summary>
internal sealed record Project
{
    public required WerckerConfig Config { get; init; }

    public required TargetSettings Target { get; init; }

    public required DeployRequest Request { get; init; }

    public required GitCheckout? Git { get; init; }

    /// <summary>What the caller wants to happen on failure; null for what the settings say.</summary>
    public string? OnFailure { get; init; }

    public static async Task<Project> LoadAsync(ProjectOptions options, CancellationToken cancellationToken)
    {
        var config = WerckerConfig.Load(options.Config);
        var target = TargetChoice.Choose(config, options.Directory, options.Target);
        var source = await SourceChoice.ChooseAsync(options, cancellationToken);
        var request = new DeployRequest(source.App, source.Revision) { Source = source.Source, RequestedBy = Operator.Name };
        return new Project
        {
            Config = config,
            Target = target,
            Request = VariableOption.AddTo(request, options.Variables, target.Secrets),
            Git = source.Git,
            OnFailure = options.OnFailure,
        };
    }

    /// <summary>The same project, with directories of the tool's own left out of what is deployed.</summary>
    public Project Without(IReadOnlyList<string> directories) => this with { Request = Request with { Source = Request.Source! with { Except = directories } } };

    /// <summary>Finds a variable for settings that name one: what was given with --env before what the caller's environment holds.</summary>
    public string? FindVariable(string name) =>
        Request.SecretVariables.TryGetValue(name, out var secret) ? secret.Reveal()
        : Request.Variables.TryGetValue(name, out var value) ? value
        : Environment.GetEnvironmentVariable(name);

    /// <summary>WERCKER_GIT_*, as far as git knows.</summary>
    public void ContributeGit(DeployEnvironment environment)
    {
        if (Git is null)
        {
            return;
        }

        environment.Set("WERCKER_GIT_COMMIT", Git.Commit);
        if (Git.Branch is { } branch)
        {
            environment.Set("WERCKER_GIT_BRANCH", branch);
        }

        if (Git.Remote is { } remote)
        {
            environment.Set("WERCKER_GIT_DOMAIN", remote.Domain).Set("WERCKER_GIT_OWNER", remote.Owner).Set("WERCKER_GIT_REPOSITORY", remote.Repository);
        }
    }
}
