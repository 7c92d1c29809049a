using System.Runtime.Versioning;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Writes the files of one git revision, touching neither the repository's index nor its work tree, and running no hook.</summary>
[UnsupportedOSPlatform("windows")]
internal static class GitStager
{
    /// <summary>Variables that a git hook sets and that would send every git below it to the hook's own repository.</summary>
    private static readonly Dictionary<string, string?> Foreign = new[]
    {
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
    }.ToDictionary(name => name, _ => (string?)null);

    /// <summary>Stages the revision.</summary>
    /// <exception cref="SandboxException">It is no repository, the revision is not in it, or git fails.</exception>
    public static async Task StageAsync(string repository, string revision, string directory, CancellationToken cancellationToken)
    {
        var git = ProcessSandboxProvider.FindProgram("git") ?? throw new SandboxException("There is no git in PATH; install it (apt-get install git).");
        var gitDirectory = (await AskAsync(["rev-parse", "--absolute-git-dir"], $"{repository} is not a git repository that this user may read").ConfigureAwait(false)).OutputText.TrimEnd('\n');
        var commit = (await AskAsync(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"],
            $"The repository {repository} has no revision '{revision}'; fetch it or correct it").ConfigureAwait(false)).OutputText.TrimEnd('\n');

        var index = Path.Combine(Path.GetTempPath(), $"wercker-{ProcessSandboxProvider.RandomName()}.index");
        var environment = new Dictionary<string, string?>(Foreign)
        {
            ["GIT_DIR"] = gitDirectory,
            ["GIT_WORK_TREE"] = directory,
            ["GIT_INDEX_FILE"] = index,
        };
        try
        {
            await AskAsync(["read-tree", commit], $"Revision {revision} of {repository} could not be read", environment).ConfigureAwait(false);
            var list = (await AskAsync(["ls-files", "-z"], $"The files of revision {revision} could not be listed", environment).ConfigureAwait(false)).Output;
            var wanted = await SelectAsync(list, commit, environment).ConfigureAwait(false);
            await AskAsync(["checkout-index", "--force", "-z", "--stdin"], $"Revision {revision} of {repository} could not be written", environment, wanted).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(index);
            File.Delete(index + ".lock");
        }

        async Task<byte[]> SelectAsync(byte[] list, string commit, Dictionary<string, string?> environment)
        {
            if (!Contains(list, SourceStager.IgnoreFile))
            {
                return list;
            }

            var text = await AskAsync(["cat-file", "blob", $"{commit}:{SourceStager.IgnoreFile}"], $"{SourceStager.IgnoreFile} could not be read", environment).ConfigureAwait(false);
            return Without(list, IgnoreRules.Parse(text.Output));
        }

        async Task<ToolAnswer> AskAsync(string[] arguments, string complaint, Dictionary<string, string?>? environment = null, ReadOnlyMemory<byte> input = default)
        {
            // Run in the work tree when there is one, for git finds .gitattributes by it.
            string[] all = ["-C", environment is null ? repository : directory, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", .. arguments];
            var answer = await Tool.RunAsync(git, all, cancellationToken, environment ?? Foreign, input).ConfigureAwait(false);
            return answer.ExitCode == 0 ? answer : throw new SandboxException(answer.ErrorText.Length == 0 ? complaint + "." : $"{complaint}: {answer.ErrorText}");
        }
    }

    private static bool Contains(ReadOnlySpan<byte> list, string name)
    {
        var wanted = Encoding.UTF8.GetBytes(name);
        foreach (var range in list.Split((byte)0))
        {
            if (list[range].SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Without(ReadOnlySpan<byte> list, IgnoreRules rules)
    {
        var kept = new MemoryStream(list.Length);
        foreach (var range in list.Split((byte)0))
        {
            var path = list[range];
            if (!path.IsEmpty && !rules.IsIgnored(path, isDirectory: false))
            {
                kept.Write(path);
                kept.WriteByte(0);
            }
        }

        return kept.ToArray();
    }
}
