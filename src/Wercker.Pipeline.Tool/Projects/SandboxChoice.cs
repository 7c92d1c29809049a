using Wercker.Pipeline.Bubblewrap;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Docker;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Makes the sandboxes that a target's settings name.</summary>
internal static class SandboxChoice
{
    public static ISandboxProvider Choose(TargetSettings target, Action<string>? say = null)
    {
        var settings = new SettingsReader(target.Sandbox ?? [], $"{target.Location}.sandbox");
        return settings.GetChoice<Func<ISandboxProvider>>("provider", Process, ("process", Process), ("bubblewrap", Bubblewrap), ("docker", Docker), ("ssh", Ssh))();

        // The tool is a process of its own, so it may take in and end what its sandboxes orphan.
        static ISandboxProvider Process() => new ProcessSandboxProvider { AdoptOrphans = true };
        static ISandboxProvider Bubblewrap() => new BubblewrapSandboxProvider();
        ISandboxProvider Docker() => DockerSandboxProvider.Create(settings.GetSection("docker"), say);
        ISandboxProvider Ssh() => SshSandboxProvider.Create(settings.GetSection("ssh") ?? throw settings.Fault("ssh", "is missing: name the machine, \"ssh\": { \"host\": \"ci@build.example.com\" }."), say);
    }
}
