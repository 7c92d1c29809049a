using System.Runtime.Versioning;
using Wercker.Pipeline.Bubblewrap.Limits;
using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Linux;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Bubblewrap;

/// <summary>Sandboxes made of Linux namespaces by bubblewrap: walls without a daemon and without an image. Linux only.</summary>
/// <remarks>
/// Commands see the programs and libraries of this machine, read-only, their own files, and nothing else: no other process, no home directory, no socket.
/// They run as an ordinary user without capabilities, also when this process is root, and cannot get any. What a process that was killed left behind is
/// removed when a provider makes its first sandbox in the same <see cref="ParentDirectory"/>.
/// </remarks>
public sealed class BubblewrapSandboxProvider : ISandboxProvider
{
    private const string Kind = "bubblewrap";
    private int _hasReaped;

    /// <inheritdoc />
    public string Name => Kind;

    /// <summary>Where the work directories are made. Default: the system's directory for temporary files.</summary>
    public string ParentDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The program, by name or path; version 0.8 or newer. Default: bwrap.</summary>
    public string Program { get; init; } = "bwrap";

    /// <summary>The user and group that commands run as when this process runs as root; nobody else should have that number. Default: 61000.</summary>
    public int UserId { get; init; } = 61000;

    /// <summary>How long processes have to end by themselves after SIGTERM, before SIGKILL. Default: 2 seconds.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of the timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc />
    public string? FindObstacle(SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!OperatingSystem.IsLinux())
        {
            return "The bubblewrap sandbox needs Linux; use a container sandbox here.";
        }

        return Obstacles.Find(Program, Owner) ?? WorkDirectory.FindObstacle(ParentDirectory) ?? Obstacles.FindUnreachable(ParentDirectory, Owner)
            ?? (spec.Source is null ? null : SourceStager.FindObstacle(spec.Source));
    }

    /// <inheritdoc />
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows() || FindObstacle(spec) is not null)
        {
            throw new SandboxException(FindObstacle(spec) ?? "The bubblewrap sandbox needs Linux.");
        }

        var notices = new List<string>();
        if (Interlocked.Exchange(ref _hasReaped, 1) == 0)
        {
            notices.AddRange(Reap());
        }

        var directory = WorkDirectory.Create(ParentDirectory, spec.DeploymentId, Kind);
        ISandbox? sandbox = null;
        try
        {
            sandbox = await MakeAsync(directory, spec, notices, cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"The sandbox for {spec.DeploymentId} could not be made: {e.Message}", e);
        }
        finally
        {
            if (sandbox is null)
            {
                ControlGroup.RemoveRecorded(new Layout(directory.Path, directory.Control, "").Groups);
                directory.Remove();
            }
        }
    }

    private int? Owner => OperatingSystem.IsLinux() && Libc.EffectiveUser() == 0 ? UserId : null;

    [UnsupportedOSPlatform("windows")]
    private async Task<ISandbox> MakeAsync(WorkDirectory directory, SandboxSpec spec, List<string> notices, CancellationToken cancellationToken)
    {
        var name = WorkDirectory.WordOf(spec.DeploymentId);
        var layout = new Layout(directory.Path, directory.Control, name.Length == 0 ? "sandbox" : name);
        var source = spec.Disk is null ? layout.Build : layout.Source;
        foreach (var path in (string[])[layout.Build, layout.Temporary, layout.Control, layout.Etc, source])
        {
            Directory.CreateDirectory(path);
        }

        if (spec.Disk is not null)
        {
            // Where the source is bound to.
            Directory.CreateDirectory(layout.Control + Layout.SourceInside[Layout.ControlInside.Length..]);
        }

        if (spec.Source is not null)
        {
            await SourceStager.StageAsync(spec.Source, source, cancellationToken).ConfigureAwait(false);
        }

        notices.AddRange(await FindUnmetAsync(spec, cancellationToken).ConfigureAwait(false));
        var root = layout.BuildInside + spec.FindRoot(source)[source.Length..];
        var account = Account.Of(spec.User, Owner ?? Libc.EffectiveUser());
        await File.WriteAllTextAsync(Path.Combine(layout.Etc, "passwd"), account.Users, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(layout.Etc, "group"), account.Groups, cancellationToken).ConfigureAwait(false);
        Open(layout);
        var group = ControlGroup.TryMake(Path.GetFileName(layout.Work), spec, layout.Groups);
        var sandbox = new BubblewrapSandbox(directory, layout, root, this)
        {
            Notices = notices,
            Owner = Owner,
            Spec = spec,
            Deadline = spec.Lifetime is { } lifetime ? (TimeProvider.GetUtcNow() + lifetime, lifetime) : null,
            Group = group,
            Command = [.. Launch.Before(group, spec, notices), .. CommandOf(layout, spec, account)],
            Script = Supervisor.Script(EnvironmentOf(spec, root, account.Name), spec.Disk is null ? null : layout.BuildInside),
        };
        try
        {
            await sandbox.BeginAsync(cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch (Exception)
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What cannot be given. Limits and walls can, and are left out of the question.</summary>
    private static async Task<IReadOnlyList<string>> FindUnmetAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var rest = spec with { Memory = null, Processors = null, Processes = null, Disk = null, Network = true, User = null, Mounts = [] };
        var unmet = await UnmetWishes.FindAsync(rest, Kind, cancellationToken).ConfigureAwait(false);
        return spec.WritableSystem ? [.. unmet, "The system stays read-only in the bubblewrap sandbox: its files are this machine's own. Use a container sandbox for a writable one."] : unmet;
    }

    /// <summary>What starts the namespaces, program first.</summary>
    internal IEnumerable<string> CommandOf(Layout layout, SandboxSpec spec, Account account) =>
        [.. Obstacles.Prefix(Owner), ProcessSandboxProvider.FindProgram(Program) ?? Program, .. BubblewrapArguments.Of(layout, spec, account)];

    /// <summary>Lets the user of the commands in, and nobody else: the work directory can only be passed through, by whoever knows its name.</summary>
    [UnsupportedOSPlatform("windows")]
    internal void Open(Layout layout)
    {
        if (Owner is not { } user)
        {
            return;
        }

        File.SetUnixFileMode(layout.Work, (UnixFileMode)Convert.ToInt32("711", 8));
        File.SetUnixFileMode(layout.Memory, (UnixFileMode)Convert.ToInt32("711", 8));
        foreach (var path in ((string[])[layout.Build, layout.Temporary, layout.Control, layout.Source]).Where(Directory.Exists))
        {
            Libc.ChangeOwner(path, user, user);
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("700", 8));
            foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            {
                Libc.ChangeOwner(entry, user, user);
            }
        }
    }

    private static List<(string Name, string Value, string? Content)> EnvironmentOf(SandboxSpec spec, string root, string user) =>
    [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", null),
        ("HOME", Layout.HomeInside, null),
        ("USER", user, null),
        ("SHELL", "/bin/bash", null),
        ("LANG", "C.UTF-8", null),
        ("TMPDIR", "/tmp", null),
        ("WERCKER_ROOT", root, null),
        ("WERCKER_SOURCE_DIR", root, null),
        .. spec.PlaceSecrets(Layout.SecretsInside),
    ];

    /// <summary>Removes what a process left behind that was killed. Its sandboxes died with it: bwrap sees to that.</summary>
    [UnsupportedOSPlatform("windows")]
    private IEnumerable<string> Reap()
    {
        foreach (var directory in WorkDirectory.FindAbandoned(ParentDirectory, Kind))
        {
            string? failure = null;
            try
            {
                ControlGroup.RemoveRecorded(new Layout(directory.Path, directory.Control, "").Groups);
                directory.Remove();
            }
            catch (Exception e) when (e is SandboxException or IOException)
            {
                failure = $"A sandbox that was left behind could not be cleared away. {e.Message}";
            }

            if (failure is not null)
            {
                yield return failure;
            }
        }
    }
}
