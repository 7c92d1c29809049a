using System.Diagnostics;

namespace Wercker.Pipeline.Tests.Sandboxes;

/// <summary>The real git, with a home of its own.</summary>
internal static class Git
{
    public static string Run(string directory, string home, byte[]? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["HOME"] = home,
                ["XDG_CONFIG_HOME"] = home,
                ["GIT_AUTHOR_NAME"] = "a",
                ["GIT_AUTHOR_EMAIL"] = "a@example.test",
                ["GIT_COMMITTER_NAME"] = "a",
                ["GIT_COMMITTER_EMAIL"] = "a@example.test",
            },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        // check-ignore says 1 when nothing is ignored.
        Assert.That(process.ExitCode, Is.LessThanOrEqualTo(1), () => errors.Result);
        return output;
    }
}
