using System.Runtime.Versioning;
using System.Security.Cryptography;
using Wercker.Pipeline.Sandboxes.Linux;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>Sandboxes that are a work directory and processes of this machine: nothing to install, and no wall. Linux only.</summary>
/// <remarks>
/// It keeps deployments apart and cleans up after them: files of their own, variables of their own, every process ended. It does not confine: commands
/// run as the user of this process and can reach what that user can reach. What a process that was killed left behind, processes and directories, is
/// ended and removed when a provider makes its first sandbox in the same <see cref="ParentDirectory"/>.
/// </remarks>
public sealed class ProcessSandboxProvider : ISandboxProvider
{
    private const string MarkName = "WERCKER_SANDBOX_ID";
    private int _hasReaped;
    private string? _bash;

    /// <inheritdoc />
    public string Name => "process";

    /// <summary>Where the work directories are made. Default: the system's directory for temporary files.</summary>
    public string ParentDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The variables that commands inherit from this process. Default: PATH, HOME, LANG, TERM, TMPDIR.</summary>
    public IReadOnlyList<string> AllowedVariables { get; init; } = ["PATH", "HOME", "LANG", "TERM", "TMPDIR"];

    /// <summary>How long processes have to end by themselves after SIGTERM, before SIGKILL. Default: 2 seconds.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Makes this process the parent of every process that the sandboxes orphan, so that even one that left its session and cleared its environment is
    /// killed with the last sandbox. It concerns the whole process: children in sessions of their own that anything else in it starts would be killed
    /// too. Default: false.
    /// </summary>
    public bool AdoptOrphans { get; init; }

    /// <summary>The clock of the timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc />
    public string? FindObstacle(SandboxSpec spec) => FindObstacle(spec, out _);

    /// <inheritdoc />
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows() || FindObstacle(spec, out var bash) is not null)
        {
            throw new SandboxException(FindObstacle(spec) ?? "The process sandbox needs Linux.");
        }

        var leftovers = Interlocked.Exchange(ref _hasReaped, 1) == 0 ? await ReapAsync().ConfigureAwait(false) : [];
        var directory = WorkDirectory.Begin(ParentDirectory, spec.DeploymentId);
        ProcessSandbox? sandbox = null;
        try
        {
            var build = Path.Combine(directory.Path, "build");
            var root = WorkDirectory.RootOf(build, spec.Root);
            sandbox = new ProcessSandbox(directory, root, bash, EnvironmentOf(spec, root, bash, directory))
            {
                Mark = MarkName,
                Provider = this,
                Deadline = spec.Lifetime is { } lifetime ? (TimeProvider.GetUtcNow() + lifetime, lifetime) : null,
            };

            // Bash takes its time to come up, and does it beside the rest.
            await sandbox.BeginAsync(cancellationToken).ConfigureAwait(false);
            directory.Make();
            Directory.CreateDirectory(build);
            if (spec.Source is not null)
            {
                await SourceStager.StageAsync(spec.Source, build, cancellationToken).ConfigureAwait(false);
            }

            _ = WorkDirectory.FindRoot(build, spec.Root);
            sandbox.Notices = [.. await UnmetWishes.FindAsync(spec, Name, cancellationToken).ConfigureAwait(false), .. leftovers];
            sandbox.Open();
            return sandbox;
        }
        catch (Exception e)
        {
            if (sandbox is null)
            {
                directory.Remove();
            }
            else
            {
                await sandbox.DisposeAsync().ConfigureAwait(false);
            }

            if (e is IOException or UnauthorizedAccessException)
            {
                throw new SandboxException($"The sandbox for {spec.DeploymentId} could not be made: {e.Message}", e);
            }

            throw;
        }
    }

    private string? FindObstacle(SandboxSpec spec, out string bash)
    {
        ArgumentNullException.ThrowIfNull(spec);
        bash = "";
        if (!OperatingSystem.IsLinux())
        {
            return "The process sandbox needs Linux; use a container sandbox here.";
        }

        bash = _bash ??= FindProgram("bash") ?? "";
        if (bash.Length == 0)
        {
            _bash = null;
            return "The process sandbox needs bash, and there is none in PATH; install it (apt-get install bash) or put its directory into PATH.";
        }

        return WorkDirectory.FindObstacle(ParentDirectory) ?? (spec.Source is null ? null : SourceStager.FindObstacle(spec.Source));
    }

    /// <summary>A program in the PATH of this process, or where every distribution has it.</summary>
    internal static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin")
            .Append("/bin")
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(path => File.Exists(path) && Libc.Access(path, Libc.ExecuteAccess) == 0);

    /// <summary>Ends and removes what a process left behind that was killed before it could clean up.</summary>
    /// <returns>What could not be; that is no reason not to deploy.</returns>
    [UnsupportedOSPlatform("windows")]
    private async Task<IReadOnlyList<string>> ReapAsync()
    {
        var failures = new List<string>();
        foreach (var directory in WorkDirectory.FindAbandoned(ParentDirectory))
        {
            // Only commands of that sandbox were started with such a path in their variables.
            var tree = new ProcessTree($"/{Path.GetFileName(directory.Path)}/", TimeProvider, KillGrace);
            tree.AddAnyAge();
            try
            {
                await tree.KillAsync().ConfigureAwait(false);
                directory.Remove();
            }
            catch (SandboxException e)
            {
                failures.Add($"A sandbox that was left behind could not be cleared away. {e.Message}");
            }
        }

        return failures;
    }

    [UnsupportedOSPlatform("windows")]
    private OrderedDictionary<string, string> EnvironmentOf(SandboxSpec spec, string root, string bash, WorkDirectory directory)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in AllowedVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        // Without it, every bash looks through the machine's users to find its own.
        variables["SHELL"] = bash;
        variables["WERCKER_ROOT"] = root;
        variables["WERCKER_SOURCE_DIR"] = root;
        foreach (var (name, value, content) in spec.PlaceSecrets(directory.Secrets))
        {
            variables[name] = value;
            if (content is not null)
            {
                directory.WriteSecret(name, content);
            }
        }

        // A sandbox inside a sandbox stays findable by the outer one.
        var outer = Environment.GetEnvironmentVariable(MarkName);
        variables[MarkName] = outer is null ? "" : ";" + outer;
        return variables;
    }

    /// <summary>A name that nobody can guess.</summary>
    internal static string RandomName() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
