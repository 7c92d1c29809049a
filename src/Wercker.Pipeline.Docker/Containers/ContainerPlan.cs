using System.Globalization;
using System.Security.Cryptography;
using Docker.DotNet.Models;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>What is asked of the engine for one sandbox.</summary>
internal sealed class ContainerPlan
{
    /// <summary>The label with the <see cref="Owner"/>.</summary>
    public const string OwnerLabel = "wercker.owner";

    /// <summary>The label with the deployment's id.</summary>
    public const string DeploymentLabel = "wercker.deployment";

    /// <summary>Where all that the deployment may write lies, besides /tmp.</summary>
    public const string BuildDirectory = "/build";
    private const int EnoughProcesses = 4096;
    private const string Nobody = "1000:1000";
    private static readonly string[] Bash = ["bash", "--noprofile", "--norc"];
    private readonly Owner _owner;

    public ContainerPlan(SandboxSpec spec, string image, Owner owner)
    {
        _owner = owner;
        Spec = spec;
        Image = image;
        Word = string.Concat(spec.DeploymentId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.') is { Length: > 0 } word ? word : "sandbox";
        var root = string.Join('/', (spec.Root ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries));
        Root = root.Length == 0 ? $"{BuildDirectory}/{Word}" : $"{BuildDirectory}/{Word}/{root}";
    }

    public SandboxSpec Spec { get; }

    public string Image { get; }

    /// <summary>The deployment's id as part of a path.</summary>
    public string Word { get; }

    /// <summary>WERCKER_ROOT inside.</summary>
    public string Root { get; }

    public string User => Spec.User ?? Nobody;

    /// <summary>Starts the bash that keeps a session, in the container that runs already.</summary>
    public ContainerExecCreateParameters ToExec() => new()
    {
        Cmd = Bash,
        User = User,
        AttachStdin = true,
        AttachStdout = true,
        AttachStderr = true,
        WorkingDir = "/",
    };

    /// <summary>The container. No variable and no word of a command is in it: they travel over the session.</summary>
    public CreateContainerParameters ToContainer() => new()
    {
        Name = $"wercker-{Word}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}",
        Image = Image,
        Entrypoint = Bash,
        User = User,
        WorkingDir = "/",
        OpenStdin = true,
        AttachStdin = true,
        AttachStdout = true,
        AttachStderr = true,
        Labels = new Dictionary<string, string> { [OwnerLabel] = _owner.ToString(), [DeploymentLabel] = Spec.DeploymentId },
        HostConfig = ToHostConfig(),
    };

    private HostConfig ToHostConfig() => new()
    {
        Init = true,
        CapDrop = ["ALL"],
        SecurityOpt = ["no-new-privileges"],
        ReadonlyRootfs = !Spec.WritableSystem,
        NetworkMode = Spec.Network ? "bridge" : "none",
        PidsLimit = Spec.Processes ?? EnoughProcesses,
        Memory = Spec.Memory ?? 0,

        // As much as memory alone: no swap.
        MemorySwap = Spec.Memory ?? 0,
        NanoCPUs = (long)((Spec.Processors ?? 0) * 1_000_000_000),
        Tmpfs = new Dictionary<string, string> { ["/tmp"] = ToTmpfs(), ["/var/tmp"] = ToTmpfs() },
        Mounts = [ToBuildMount(), .. Spec.Mounts.Select(ToMount)],

        // Output goes to the deployment, masked, and not raw onto the engine's disk.
        LogConfig = new LogConfig { Type = "none" },
    };

    private string ToTmpfs() => "rw,exec,nosuid,nodev,mode=1777" + (Spec.Disk is { } size ? string.Create(CultureInfo.InvariantCulture, $",size={size}") : "");

    /// <summary>A volume, because files can be copied into one while the rest is read-only. It goes with the container.</summary>
    private Mount ToBuildMount() => new()
    {
        Type = "volume",
        Target = BuildDirectory,
        VolumeOptions = new VolumeOptions
        {
            NoCopy = true,
            Labels = new Dictionary<string, string> { [OwnerLabel] = _owner.ToString() },

            // The bash of the session makes the root of an empty sandbox itself, which spares the engine an upload.
            DriverConfig = Spec is { Disk: null, Source: not null } ? null : new Driver
            {
                Name = "local",
                Options = new Dictionary<string, string>
                {
                    ["type"] = "tmpfs",
                    ["device"] = "tmpfs",
                    ["o"] = Spec.Disk is { } size ? string.Create(CultureInfo.InvariantCulture, $"size={size},mode=1777,nosuid,nodev") : "mode=1777,nosuid,nodev",
                },
            },
        },
    };

    private static Mount ToMount((string Outside, string Inside, bool IsWritable) mount) => new()
    {
        Type = "bind",
        Source = mount.Outside,
        Target = mount.Inside,
        ReadOnly = !mount.IsWritable,
    };
}
