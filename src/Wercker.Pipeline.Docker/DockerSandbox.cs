using System.Runtime.Versioning;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Containers;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Docker.Images;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Docker;

/// <summary>A container, and the sessions in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DockerSandbox : ISandbox
{
    private readonly Lock _lock = new();
    private readonly DockerClient _client;
    private readonly ContainerPlan _plan;
    private readonly string _id;
    private readonly ContainerPrograms _programs;
    private readonly LimitWatch _limits;
    private readonly List<ISandboxShell> _shells = [];
    private readonly List<string> _notices;
    private MultiplexedStream? _first;
    private (int User, int Group) _owner;
    private bool _isDisposed;

    private DockerSandbox(DockerClient client, ContainerPlan plan, string id, IEnumerable<string> notices)
    {
        _client = client;
        _plan = plan;
        _id = id;
        _programs = new ContainerPrograms(client, id, plan.User);
        _limits = new LimitWatch(_programs, plan.Spec);
        _notices = [.. notices];
    }

    /// <inheritdoc />
    public string Root => _plan.Root;

    /// <inheritdoc />
    public IReadOnlyList<string> Notices => _notices;

    private DateTimeOffset Made { get; set; }

    private TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes the container, pulling its image when it is not here, starts it and fills it.</summary>
    /// <exception cref="SandboxException">It cannot be made; nothing is left of it.</exception>
    public static async ValueTask<ISandbox> MakeAsync(
        DockerClient client, ImageStore images, ContainerPlan plan, TarTree files, IEnumerable<string> notices, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var sandbox = new DockerSandbox(client, plan, await CreateAsync(client, images, plan, cancellationToken).ConfigureAwait(false), notices) { TimeProvider = timeProvider };
        try
        {
            await sandbox.StartAsync(files, cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var shell = BashConnection.OpenShell(ConnectAsync, _plan.Spec, Root, Made, TimeProvider, ConnectBesideAsync);
            _shells.Add(shell);
            return ValueTask.FromResult(shell);
        }
    }

    /// <inheritdoc />
    public async ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken)
    {
        var path = Inside(sandboxPath);
        await TryAsync($"{hostPath} could not be copied to {path}", async () =>
        {
            var parent = path[..path.LastIndexOf('/')];
            if (parent.Length > 0)
            {
                var made = await _programs.RunAsync(["mkdir", "-p", "--", parent], cancellationToken).ConfigureAwait(false);
                if (made.ExitCode != 0)
                {
                    throw new IOException(made.Error.Trim());
                }
            }

            await PutAsync(new TarTree(Path.GetFullPath(hostPath)), path, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken)
    {
        var path = Inside(sandboxPath);
        await TryAsync($"{path} could not be copied to {hostPath}", async () =>
        {
            var answer = await _client.Containers.GetArchiveFromContainerAsync(_id, new ContainerPathStatParameters { Path = path }, false, cancellationToken).ConfigureAwait(false);
            var archive = answer.Stream ?? throw new IOException("the engine sent nothing");
            await using var closing = archive.ConfigureAwait(false);

            // The reader of archives does not take a stream that gives less than it was asked for.
            var kept = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
            await using var removing = kept.ConfigureAwait(false);
            await archive.CopyToAsync(kept, cancellationToken).ConfigureAwait(false);
            kept.Position = 0;
            await TarUnpacking.CopyOutAsync(kept, hostPath, "the engine", cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        foreach (var shell in _shells)
        {
            try
            {
                await shell.DisposeAsync().ConfigureAwait(false);
            }
            catch (SandboxException)
            {
                // What does not end by itself ends with the container.
            }
        }

        _first?.Dispose();
        await TryAsync($"The container {_id} could not be removed; remove it by hand", async () =>
        {
            try
            {
                await _client.Containers.RemoveContainerAsync(_id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None).ConfigureAwait(false);
            }
            catch (DockerContainerNotFoundException)
            {
            }
        }).ConfigureAwait(false);
    }

    private static async Task<string> CreateAsync(DockerClient client, ImageStore images, ContainerPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Containers.CreateContainerAsync(plan.ToContainer(), cancellationToken).ConfigureAwait(false)).ID;
        }
        catch (DockerApiException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Asking before would cost every sandbox a round trip.
            await images.PullAsync(plan.Image, cancellationToken).ConfigureAwait(false);
            return (await client.Containers.CreateContainerAsync(plan.ToContainer(), cancellationToken).ConfigureAwait(false)).ID;
        }
    }

    private async Task StartAsync(TarTree files, CancellationToken cancellationToken)
    {
        var streams = new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true };
        _first = await _client.Containers.AttachContainerAsync(_id, streams, cancellationToken).ConfigureAwait(false);
        try
        {
            await _client.Containers.StartContainerAsync(_id, new ContainerStartParameters(), cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException e) when (EngineAddress.Explain(e) is var words && words.Contains("\"bash\"", StringComparison.Ordinal))
        {
            throw new SandboxException($"The image {_plan.Image} has no bash, which the commands of a deployment need; use an image that has one. ({words.Trim()})", e);
        }

        Made = TimeProvider.GetUtcNow();
        _owner = await FindOwnerAsync(cancellationToken).ConfigureAwait(false);
        if (_plan.Spec.Source is not null)
        {
            await PutAsync(files, $"{ContainerPlan.BuildDirectory}/{_plan.Word}", cancellationToken).ConfigureAwait(false);
        }

        await CheckPackagesAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<BashConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        MultiplexedStream? first;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            (first, _first) = (_first, null);
        }

        if (first is not null)
        {
            return new StreamConnection(_client, _id, first, _limits, () => _first = first);
        }

        return await ConnectBesideAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<BashConnection> ConnectBesideAsync(CancellationToken cancellationToken)
    {
        try
        {
            var exec = await _client.Exec.CreateContainerExecAsync(_id, _plan.ToExec(), cancellationToken).ConfigureAwait(false);
            return new StreamConnection(_client, _id, await _client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancellationToken).ConfigureAwait(false), _limits, null);
        }
        catch (DockerApiException e)
        {
            throw new SandboxException($"The container of the sandbox has ended or cannot take a further session: {EngineAddress.Explain(e)}", e);
        }
    }

    private async Task<(int User, int Group)> FindOwnerAsync(CancellationToken cancellationToken)
    {
        var words = _plan.User == "root" ? ["0", "0"] : _plan.User.Split(':');
        if (!Array.TrueForAll(words, word => int.TryParse(word, out _)))
        {
            words = (await _programs.RunAsync(["bash", "-c", "echo $(id -u):$(id -g)"], cancellationToken).ConfigureAwait(false)).Output.Trim().Split(':');
        }

        return int.TryParse(words[0], out var user) && int.TryParse(words[^1], out var group) ? (user, group)
            : throw new SandboxException($"The image {_plan.Image} has no user '{_plan.User}'; name one that it has, or \"uid:gid\".");
    }

    private async Task CheckPackagesAsync(CancellationToken cancellationToken)
    {
        if (_plan.Spec.Packages.Count == 0)
        {
            return;
        }

        var answer = await _programs.RunAsync(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", "--", .. _plan.Spec.Packages], cancellationToken).ConfigureAwait(false);
        var installed = answer.Output.Split('\n').Where(line => line.EndsWith(" installed", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]);
        if (_plan.Spec.Packages.Except(installed).ToArray() is { Length: > 0 } missing)
        {
            _notices.Add($"These packages are not in the image {_plan.Image}, and the Docker sandbox installs none: {string.Join(", ", missing)}. Use an image that has them.");
        }
    }

    private async Task PutAsync(TarTree files, string path, CancellationToken cancellationToken)
    {
        var slash = path.LastIndexOf('/');
        var parent = slash == 0 ? "/" : path[..slash];
        var archive = files.Open(path[(slash + 1)..], _owner, cancellationToken);
        await using var closing = archive.ConfigureAwait(false);
        await _client.Containers.ExtractArchiveToContainerAsync(_id, new CopyToContainerParameters { Path = parent }, archive, cancellationToken).ConfigureAwait(false);
    }

    private string Inside(string path) => path.StartsWith('/') ? path.TrimEnd('/') : $"{Root}/{path.TrimEnd('/')}";

    private static async Task TryAsync(string complaint, Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"{complaint}: {EngineAddress.Explain(e)}", e);
        }
    }
}
