using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>The file system of one dyno: a fresh copy of the slug, gone with the dyno.</summary>
internal sealed class DynoSandbox : IDisposable
{
    // The profile scripts of the slug come first, then the command, both as bash reads them.
    private const string Boot = "for f in .profile.d/*.sh; do [ -r \"$f\" ] && . \"./$f\"; done; exec bash -c \"$0\"";

    private readonly LocalPlatform _platform;
    private readonly string _directory;

    private DynoSandbox(LocalPlatform platform, string directory)
    {
        _platform = platform;
        _directory = directory;
    }

    public static async Task<DynoSandbox> CreateAsync(LocalPlatform platform, Dyno dyno)
    {
        var sandbox = new DynoSandbox(platform, platform.NewPath("dynos"));
        Directory.CreateDirectory(sandbox._directory);
        if (dyno.Release.Slug is { } slug)
        {
            await Archive.ExtractAsync(platform, slug.Archive, sandbox._directory).ConfigureAwait(false);
        }

        return sandbox;
    }

    /// <summary>Starts the dyno's command. With one stream, errors are written where the output goes, in the order written.</summary>
    public ChildProcess Start(App app, Dyno dyno, IReadOnlyDictionary<string, string> environment, bool oneStream)
    {
        var variables = new Dictionary<string, string>(dyno.Release.ConfigVars);
        foreach ((string name, string value) in environment)
        {
            variables[name] = value;
        }

        variables["DYNO"] = dyno.Name;
        variables["HOME"] = _directory;
        variables.TryAdd("HEROKU_APP_NAME", app.Name);
        return _platform.Launcher.Start(new LaunchSpec("bash", ["-c", oneStream ? "exec 2>&1; " + Boot : Boot, dyno.Command], _directory)
        {
            Environment = variables,
            OwnsDirectory = true,
        });
    }

    public void Dispose() => WorkDirectory.Remove(_directory);
}
