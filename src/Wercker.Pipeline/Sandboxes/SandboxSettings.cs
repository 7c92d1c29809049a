using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>The settings of targets.NAME.sandbox, as far as they are the same for every provider.</summary>
internal static class SandboxSettings
{
    private const string MountAdvice = "Write \"/outside:/inside\", and \":rw\" behind it where commands may write.";

    /// <summary>Lays settings over a specification. An object named like a provider ("docker") is that provider's own.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static SandboxSpec Apply(SandboxSpec spec, SettingsReader settings)
    {
        string[] known = ["provider", "image", "memory", "cpus", "pids", "disk", "time", "network", "writableSystem", "user", "mounts", "secretFiles"];
        settings.RefuseUnknown([.. known, .. new[] { settings.GetText("provider") }.OfType<string>()]);
        return spec with
        {
            Image = settings.GetText("image") ?? spec.Image,
            Memory = SizeOf(settings, "memory") ?? spec.Memory,
            Processors = settings.GetNumber("cpus", 0.01, 4096) ?? spec.Processors,
            Processes = settings.GetInteger("pids", 4, 4_000_000) ?? spec.Processes,
            Disk = SizeOf(settings, "disk") ?? spec.Disk,
            Lifetime = settings.GetDuration("time") ?? spec.Lifetime,
            Network = settings.GetChoice("network", spec.Network, ("shared", true), ("none", false)),
            WritableSystem = settings.GetFlag("writableSystem", spec.WritableSystem),
            User = settings.GetText("user") ?? spec.User,
            Mounts = settings.Has("mounts") ? [.. settings.GetList("mounts").Select(mount => MountOf(settings, mount))] : spec.Mounts,
            SecretFiles = settings.Has("secretFiles") ? settings.GetList("secretFiles") : spec.SecretFiles,
        };
    }

    private static long? SizeOf(SettingsReader settings, string key) => settings.GetNumberOrText(key) is not { } text ? null
        : ByteSize.TryParse(text, out var bytes) ? bytes
        : throw settings.Fault(key, $"is '{text}'; it must be a size: \"64MB\", \"1.5GB\", or a number of bytes.");

    private static (string Outside, string Inside, bool IsWritable) MountOf(SettingsReader settings, string text) => text.Split(':') switch
    {
        [['/', ..] outside, ['/', ..] inside] => (outside, inside, false),
        [['/', ..] outside, ['/', ..] inside, "ro"] => (outside, inside, false),
        [['/', ..] outside, ['/', ..] inside, "rw"] => (outside, inside, true),
        _ => throw settings.Fault("mounts", $"holds '{text}', which is no mount. {MountAdvice}"),
    };
}
