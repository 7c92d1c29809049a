using System.Text.RegularExpressions;
using Wercker.Pipeline.Ssh.Sandboxes;
using Wercker.Pipeline.Ssh.Scripts;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Scripts;

/// <summary>What the setup check asks for is what the scripts use.</summary>
public partial class ToolTests
{
    private static readonly string[] Builtins = ["printf", "echo", "kill", "[", "test", "true", "false", "read"];
    private static readonly string[] AskedForBySettings = ["git", "sudo", "dpkg-query"];

    // Of arithmetic and of awk: some machines have programs of these names.
    private static readonly string[] Variables = ["size", "more"];

    private static IEnumerable<TestCaseData> Scripts()
    {
        foreach (var script in new[] { ReleaseScripts.Inspect, ReleaseScripts.Prepare, ReleaseScripts.Switch, ReleaseScripts.Restart, ReleaseScripts.Maintenance, ReleaseScripts.Command })
        {
            yield return new TestCaseData(script.With(), ReleaseScripts.Tools).SetArgDisplayNames(script.Name);
        }

        yield return new TestCaseData(SandboxScripts.Look.With(), SandboxScripts.Tools).SetArgDisplayNames("look");
        yield return new TestCaseData(SandboxScripts.Hold.With() + string.Concat(SandboxScripts.Holder("x", null, "1", []).Select(one => one.Value + "\n")), SandboxScripts.Tools).SetArgDisplayNames("hold");
        yield return new TestCaseData(SandboxScripts.CopyIn.With() + SandboxScripts.CopyOut.With() + SandboxScripts.Bash("/x", "x", 1, "x"), SandboxScripts.Tools).SetArgDisplayNames("copy");
    }

    [TestCaseSource(nameof(Scripts))]
    public void Tools_ProgramsOfAScript_AreAllAskedFor(string script, string tools)
    {
        var programs = Word().Matches(script).Select(match => match.Groups[1].Value).Distinct()
            .Where(word => !Builtins.Contains(word) && !AskedForBySettings.Contains(word) && !Variables.Contains(word) && new[] { "/bin", "/usr/bin", "/usr/sbin" }.Any(directory => File.Exists(Path.Combine(directory, word))))
            .ToArray();

        Assert.That(programs, Has.Some.EqualTo("rm").Or.Some.EqualTo("cat"), "the search finds programs");
        Assert.That(programs.Except(tools.Split(' ')), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Deploy_OnAHostWithNothingButTheTools_Works(CancellationToken cancellationToken)
    {
        var farm = Directory.CreateTempSubdirectory("wercker-tools-").FullName;
        SshServer.Run("chmod", "755", farm);
        foreach (var tool in ReleaseScripts.Tools.Split(' '))
        {
            File.CreateSymbolicLink(Path.Combine(farm, tool), SshServer.Run("sh", "-c", $"command -v {tool}").Trim());
        }

        await using var server = await SshServer.StartAsync(farm);
        await using var servers = new Servers();
        servers.Options = servers.Options with
        {
            Hosts = [servers.Hosts[0] with { Port = server.Port }],
            Login = servers.Options.Login with { KeyFile = server.Key, KnownHostsFile = server.KnownHosts },
            LinkedDirectories = ["storage"],
            Prepare = "true",
            Restart = "true",
            Check = "true",
            Keep = 2,
        };
        foreach (var revision in new[] { "v1", "v2", "v3", "v4" })
        {
            servers.Write("index.html", revision);
            var setup = await servers.RunAsync(new SetupStep(), revision, cancellationToken: cancellationToken);
            Assert.That(setup.Status, Is.EqualTo(StepStatus.Succeeded), setup.Message + setup.Error);
            await servers.PushAsync(revision);
            var restart = await servers.RunAsync(new RestartStep(), revision, cancellationToken: cancellationToken);
            Assert.That(restart.Status, Is.EqualTo(StepStatus.Succeeded), restart.Message + restart.Error);
        }

        // One less, and the check says which.
        File.Delete(Path.Combine(farm, "head"));
        var without = await servers.RunAsync(new SetupStep(), cancellationToken: cancellationToken);
        Directory.Delete(farm, recursive: true);

        Assert.That(servers.Read("current/index.html"), Is.EqualTo("v4"));
        Assert.That(Directory.GetDirectories(Path.Combine(servers.Root(), "releases")), Has.Length.EqualTo(2));
        Assert.That(without.Message, Does.Contain("head is not installed there"));
    }

    // A word where the shell expects a command.
    [GeneratedRegex(@"(?:^|[|;&({!]|\b(?:then|do|else|if|while|until|exec)\b|-exec|timeout -k 5 ""\$\w+"")[ \t]*([a-z][a-z0-9-]*)\b(?![=(])", RegexOptions.Multiline)]
    private static partial Regex Word();
}
