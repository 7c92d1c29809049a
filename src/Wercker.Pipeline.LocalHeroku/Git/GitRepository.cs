using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Git;

/// <summary>The bare repository of an app, with the hook that builds what is pushed.</summary>
internal static class GitRepository
{
    public const string Room = "repositories";

    public static string PathOf(LocalPlatform platform, string app) => Path.Combine(platform.Directory, Room, app + ".git");

    public static async Task CreateAsync(LocalPlatform platform, App app)
    {
        string path = PathOf(platform, app.Name);
        Directory.CreateDirectory(path);
        await RunAsync(platform, path, "init", "--quiet", "--bare", "--initial-branch=main", ".").ConfigureAwait(false);
        await RunAsync(platform, path, "config", "http.receivepack", "true").ConfigureAwait(false);
        await RunAsync(platform, path, "config", "receive.autogc", "false").ConfigureAwait(false);
        string hook = Path.Combine(path, "hooks", "pre-receive");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        await File.WriteAllTextAsync(hook, Hook(platform, app)).ConfigureAwait(false);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What git is to see of the machine's configuration: nothing.</summary>
    public static Dictionary<string, string> Environment(LocalPlatform platform) => new()
    {
        ["HOME"] = platform.Directory,
        ["GIT_CONFIG_NOSYSTEM"] = "1",
    };

    private static async Task RunAsync(LocalPlatform platform, string directory, params string[] arguments)
    {
        ChildProcess git = platform.Launcher.Start(new LaunchSpec("git", arguments, directory) { Environment = Environment(platform) });
        await using (git.ConfigureAwait(false))
        {
            var errors = new List<string>();
            git.CloseInput();
            await Task.WhenAll(LineReader.ReadAsync(git.Output, static _ => { }), LineReader.ReadAsync(git.Error, errors.Add)).ConfigureAwait(false);
            int status = await git.Exited.ConfigureAwait(false);
            if (status != 0)
            {
                throw new InvalidOperationException($"git {arguments[0]} exited with status {status}: {string.Join(' ', errors)}");
            }
        }
    }

    // The hook unpacks the tree itself, because only it sees the objects of a push that is not accepted yet. Then it
    // shows what the platform says (lines that begin with o) until the verdict (x and an exit status).
    private static string Hook(LocalPlatform platform, App app) =>
        $$"""
        #!/usr/bin/env bash
        set -uo pipefail
        commit=
        while read -r old new ref; do
          case $ref in refs/heads/main | refs/heads/master) commit=$new ;; esac
        done
        if [ -z "$commit" ]; then
          echo "Pushed to non-main branch, skipping build."
          exit 0
        fi
        case $commit in *[!0]*) ;; *)
          echo " !     The deployed branch cannot be deleted."
          exit 1 ;;
        esac
        source=$(mktemp -d "{{platform.Directory}}/push.XXXXXX") || exit 1
        trap 'rm -rf "$source"' EXIT
        git archive --format=tar "$commit" | tar -xf - -C "$source" || exit 1
        exec 3<>/dev/tcp/127.0.0.1/{{platform.Pushes.Port}} || exit 1
        printf '%s\n' "{{platform.Pushes.Token}}" "{{app.Name}}" "$commit" "$source" "$(git log -1 --format=%s "$commit")" >&3
        while IFS= read -r line <&3; do
          case $line in
            o*) printf '%s\n' "${line#o}" ;;
            x*) exit "${line#x}" ;;
          esac
        done
        echo " !     The platform went away."
        exit 1

        """;
}
