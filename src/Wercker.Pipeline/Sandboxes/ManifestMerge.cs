using System.Globalization;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>Lays a deployment's specification over that of its build and remembers where they differ.</summary>
internal sealed class ManifestMerge(SandboxSpec spec, SandboxSpec build)
{
    private readonly List<string> _notices = [];

    public IReadOnlyList<string> Notices => _notices;

    public SandboxSpec Complete()
    {
        var packages = spec.Packages.Count > 0 ? spec.Packages : build.Packages;
        if (spec.Packages.Count > 0 && !spec.Packages.Order(StringComparer.Ordinal).SequenceEqual(build.Packages.Order(StringComparer.Ordinal)))
        {
            Differ("packages", string.Join(", ", build.Packages), string.Join(", ", spec.Packages));
        }

        if (build.Mounts.Count > 0 && !build.Mounts.SequenceEqual(spec.Mounts))
        {
            _notices.Add($"The build had mounts ({string.Join(", ", build.Mounts.Select(mount => mount.Inside))}) that this deployment does not have; an artifact cannot ask for mounts, name them in the target's sandbox.");
        }

        return spec with
        {
            Image = Choose("image", spec.Image, build.Image),
            Language = Choose("platform", spec.Language, build.Language),
            Version = Choose("version of the platform", spec.Version, build.Version),
            Packages = packages,
            Memory = Choose("memory limit", spec.Memory, build.Memory, bytes => ByteSize.Of(bytes)),
            Processors = Choose("limit of processors", spec.Processors, build.Processors, Text),
            Processes = Choose("limit of processes", spec.Processes, build.Processes, Text),
            Disk = Choose("limit of files", spec.Disk, build.Disk, bytes => ByteSize.Of(bytes)),
            Lifetime = Choose("time limit", spec.Lifetime, build.Lifetime, time => DurationText.Of(time)),
            Network = spec.Network && build.Network,
            WritableSystem = spec.WritableSystem || build.WritableSystem,
            User = Choose("user", spec.User, build.User),
            Environment = Merge(),
        };
    }

    private DeployEnvironment Merge()
    {
        var environment = new DeployEnvironment();
        foreach (var (name, value, _) in build.Environment)
        {
            environment.Set(name, value.Reveal());
        }

        foreach (var (name, value, isProtected) in spec.Environment)
        {
            if (isProtected)
            {
                environment.SetSecret(name, value);
            }
            else
            {
                environment.Set(name, value.Reveal());
            }
        }

        return environment;
    }

    private string? Choose(string what, string? mine, string? theirs)
    {
        if (mine is not null && theirs is not null && mine != theirs)
        {
            Differ(what, theirs, mine);
        }

        return mine ?? theirs;
    }

    private T? Choose<T>(string what, T? mine, T? theirs, Func<T, string> text)
        where T : struct
    {
        _ = Choose(what, mine is { } a ? text(a) : null, theirs is { } b ? text(b) : null);
        return mine ?? theirs;
    }

    private void Differ(string what, string built, string used) =>
        _notices.Add($"The {what} is not that of the build: it was built with '{built}', and this deployment runs with '{used}'.");

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
