using System.Runtime.Versioning;
using System.Text.Json;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>The file by which a build hands the specification of its sandbox on to the deployment of its artifact.</summary>
public static class BuildManifest
{
    /// <summary>Its name, in the root of the artifact: wercker-manifest.json.</summary>
    public const string FileName = "wercker-manifest.json";

    /// <summary>Writes the specification of a build's sandbox into the directory that becomes its artifact.</summary>
    /// <remarks>Values of protected variables are left out, and so are the source and the deployment's id.</remarks>
    /// <param name="directory">The directory, which exists.</param>
    /// <param name="spec">The specification.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>When it is written.</returns>
    public static async Task WriteAsync(string directory, SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(spec);
        await File.WriteAllBytesAsync(Path.Combine(directory, FileName), ManifestJson.Write(spec), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the specification that a source brings with it.</summary>
    /// <param name="source">An artifact or a directory; a git revision is not built and has none.</param>
    /// <returns>The specification; null when there is none.</returns>
    /// <exception cref="SandboxException">There is one, and it cannot be read.</exception>
    [UnsupportedOSPlatform("windows")]
    public static SandboxSpec? Read(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return source.Kind switch
            {
                SourceKind.Git => null,
                SourceKind.Directory => File.Exists(Path.Combine(source.Path, FileName)) ? ManifestJson.Read(File.ReadAllBytes(Path.Combine(source.Path, FileName))) : null,
                _ => ArtifactStager.ReadFile(source.Path, FileName) is { } bytes ? ManifestJson.Read(bytes) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new SandboxException($"The {FileName} of {source.Path} cannot be read: {e.Message} Build the artifact again, or take the file out of it.", e);
        }
    }

    /// <summary>Completes a specification by that of the build: what the deployment does not say itself is as it was there.</summary>
    /// <remarks>Mounts are never taken over, because an artifact must not choose what it sees of this machine.</remarks>
    /// <param name="spec">The deployment's specification.</param>
    /// <returns>The specification to use, and one sentence for everything that is different from the build, or that nobody knows.</returns>
    /// <exception cref="SandboxException">The manifest cannot be read.</exception>
    [UnsupportedOSPlatform("windows")]
    public static (SandboxSpec Spec, IReadOnlyList<string> Notices) Complete(SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Source is not { } source || source.FindObstacle() is not null)
        {
            return (spec, []);
        }

        if (Read(source) is { } build)
        {
            var merge = new ManifestMerge(spec, build);
            return (merge.Complete(), merge.Notices);
        }

        return source.Kind == SourceKind.Artifact
            ? (spec, [$"The artifact {Path.GetFileName(source.Path)} does not say what sandbox it was built in (it has no {FileName}); this one may be different from it."])
            : (spec, []);
    }
}
