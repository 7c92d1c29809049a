using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline;

/// <summary>What is to be deployed, of which revision, and on whose behalf.</summary>
/// <param name="App">The application's name.</param>
/// <param name="Revision">The revision that is deployed, in the words of the author: a commit, a tag, a build number.</param>
public sealed record DeployRequest(string App, string Revision)
{
    /// <summary>Where the deployed files come from; null for pipelines that need none.</summary>
    public Source? Source { get; init; }

    /// <summary>Environment variables of this deployment. They override those of the pipeline and the built-in ones.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Protected environment variables of this deployment: masked in every output, hidden from listings.</summary>
    public IReadOnlyDictionary<string, Secret> SecretVariables { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Who or what asked for the deployment; null when nobody said.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The deployment's id; null lets the pipeline make one that sorts by time. A caller who sets it owns its uniqueness.</summary>
    public string? Id { get; init; }
}
