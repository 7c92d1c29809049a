using System.Security.Cryptography;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Sandboxes;
using Wercker.Pipeline.Ssh.Scripts;
using Wercker.Pipeline.Ssh.Setup;

namespace Wercker.Pipeline.Ssh;

/// <summary>Sandboxes on another machine, which needs sshd, bash, GNU coreutils, tar, gzip, grep, awk and flock. Each is a directory there, and a session in it.</summary>
/// <remarks>
/// It keeps deployments apart, as the process sandbox does, and confines nothing. When the connection is lost, the host itself ends what runs and removes the
/// directory: at once when it is told, and otherwise after four times <see cref="SshLogin.KeepAlive"/> without a sign of life. What the host could not
/// remove, because it was restarted, the next sandbox of the same user removes.
/// </remarks>
public sealed class SshSandboxProvider : ISandboxProvider, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HostPool _pool;

    /// <summary>Makes the provider; nothing is connected yet.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="login">How it is connected to; null for the defaults.</param>
    public SshSandboxProvider(SshHost host, SshLogin? login = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        Login = login ?? new SshLogin();
        _pool = new HostPool(SshTarget.ConnectorOf(Login));
    }

    /// <inheritdoc />
    public string Name => "ssh";

    /// <summary>The machine.</summary>
    public SshHost Host { get; }

    /// <summary>How it is connected to.</summary>
    public SshLogin Login { get; }

    /// <summary>The directory on the host in which those of the sandboxes are made, a full path; null for its TMPDIR, or /tmp.</summary>
    public string? ParentDirectory { get; init => field = value is null or ['/', ..] ? value : throw new ConfigurationException($"The directory '{value}' must be a full path on the host, such as /var/tmp."); }

    /// <summary>Is told, a line at a time, what was left behind by others and removed; null to tell nobody.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>The clock of the timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes a provider of the settings "ssh" in a target's sandbox.</summary>
    /// <param name="settings">Their reader: host, fingerprint, directory, and those of a log in: user, key, keyVariable, passphrase, password, knownHosts, client, sshConfig, connectTimeout, keepAlive.</param>
    /// <param name="progress">See <see cref="Progress"/>.</param>
    /// <returns>The provider.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its key path.</exception>
    public static SshSandboxProvider Create(SettingsReader settings, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown(SshSettings.KnownOfSandboxes);
        var read = new SshSettings(settings, null);
        var directory = settings.GetText("directory");
        return directory is null or ['/', ..] ? new SshSandboxProvider(read.ReadHost("host"), read.ReadLogin()) { ParentDirectory = directory, Progress = progress }
            : throw settings.Fault("directory", "must be a full path on the host, such as /var/tmp.");
    }

    /// <inheritdoc />
    public string? FindObstacle(SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows())
        {
            return "The SSH sandbox stages sources on Linux and macOS only.";
        }

        using var patience = new CancellationTokenSource(Patience);
        try
        {
            // Nobody waits for it on a context of their own.
            return Task.Run(() => LookAsync(patience.Token), patience.Token).GetAwaiter().GetResult() ?? spec.Source?.FindObstacle();
        }
        catch (OperationCanceledException)
        {
            return $"{Host.Name} does not answer within {Patience.TotalSeconds:0} seconds; look at its sshd, and at the start-up files of the user's shell.";
        }
        catch (Exception e) when (e is SshException or ConfigurationException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc />
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException(FindObstacle(spec)!);
        }

        var staged = spec.Source is null ? null : Directory.CreateTempSubdirectory("wercker-");
        SshSandbox? sandbox = null;
        try
        {
            if (staged is not null)
            {
                await spec.Source!.StageAsync(staged.FullName, cancellationToken).ConfigureAwait(false);
                _ = spec.FindRoot(staged.FullName);
            }

            sandbox = await HoldAsync(spec, cancellationToken).ConfigureAwait(false);
            if (staged is not null)
            {
                await sandbox.PutAsync(staged.FullName, $"{sandbox.Directory}/source", cancellationToken).ConfigureAwait(false);
            }

            return sandbox;
        }
        catch (Exception e)
        {
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync().ConfigureAwait(false);
            }

            if (e is SshException or IOException)
            {
                throw new SandboxException($"The sandbox for {spec.DeploymentId} could not be made: {e.Message}", e);
            }

            throw;
        }
        finally
        {
            staged?.Delete(recursive: true);
        }
    }

    /// <summary>Ends the connections; sandboxes that still live are ended by the host.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Ends the connections; sandboxes that still live are ended by the host.</summary>
    /// <returns>When they are ended.</returns>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private async Task<SshSandbox> HoldAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var word = WorkDirectory.WordOf(spec.DeploymentId);
        var name = $"wercker-ssh-{word}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        var lease = await _pool.LeaseAsync(Host, cancellationToken).ConfigureAwait(false);
        try
        {
            var holder = await SandboxHolder.StartAsync(
                lease.Connection,
                Host.Name,
                Login.KeepAlive,
                patience => SandboxScripts.Hold.With(SandboxScripts.Holder(name, ParentDirectory, patience, spec.Packages)),
                cancellationToken).ConfigureAwait(false);
            foreach (var left in holder.All("swept"))
            {
                Progress?.Invoke($"{Host.Name}: the sandbox {left} of a process that was killed is removed");
            }

            return new SshSandbox(Host, _pool, spec, lease, holder) { TimeProvider = TimeProvider };
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        var script = SandboxScripts.Look.With(("tools", SandboxScripts.Tools), ("directory", ParentDirectory ?? string.Empty));
        var reply = await _pool.UseAsync(Host, connection => new HostRun(connection, _ => ValueTask.CompletedTask).RunAsync(script, null, null, cancellationToken), cancellationToken).ConfigureAwait(false);
        return !reply.Has("done") ? $"{Host.Name}: {reply.Complaint()}"
            : reply.All("missing").ToArray() is { Length: > 0 } missing ? $"{Host.Name}: {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} not there, which the sandbox needs; install {(missing.Length == 1 ? "it" : "them")}."
            : reply.Has("old") ? $"{Host.Name}: its bash is older than 4.4, which the sandbox needs; install a newer one."
            : reply["readonly"] is { } path ? $"{Host.Name}: {reply["user"]} may not write to {path}; give it to {reply["user"]}, or name another \"directory\"."
            : null;
    }
}
