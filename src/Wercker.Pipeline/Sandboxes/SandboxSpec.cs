namespace Wercker.Pipeline.Sandboxes;

/// <summary>What a deployment asks of its sandbox: the same as its build had.</summary>
public sealed record SandboxSpec
{
    /// <summary>The deployment the sandbox is for; part of its path and labels.</summary>
    public string DeploymentId { get; init; } = "sandbox";

    /// <summary>The files to start with; null for an empty root.</summary>
    public Source? Source { get; init; }

    /// <summary>The sub-directory of the source that becomes WERCKER_ROOT; null for the source itself.</summary>
    public string? Root { get; init; }

    /// <summary>The environment of its commands. The provider adds WERCKER_ROOT. Empty by default.</summary>
    public DeployEnvironment Environment { get; init; } = [];

    /// <summary>The container image, for sandboxes made of images; null lets the provider choose by language.</summary>
    public string? Image { get; init; }

    /// <summary>The language platform of wercker.json's "lang": "nodejs", "ruby", "python", "blank"; null when not said.</summary>
    public string? Language { get; init; }

    /// <summary>The platform's version of wercker.json's "version"; null when not said.</summary>
    public string? Version { get; init; }

    /// <summary>Debian packages that the scripts need, of wercker.json's "packages". Empty by default.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>
    /// True when an earlier process of the deployment has ended and may have left a sandbox behind: what still runs in it is ended and its files are
    /// removed before the new one is made. Filled in by the pipeline.
    /// </summary>
    public bool ReplacesEarlier { get; init; }
}
