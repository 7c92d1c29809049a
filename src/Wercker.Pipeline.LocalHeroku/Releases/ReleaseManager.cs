using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Releases;

/// <summary>Makes releases, one after the other, and decides which one is current.</summary>
internal sealed class ReleaseManager(LocalPlatform platform, App app)
{
    /// <summary>The type in a Procfile whose command decides about the release.</summary>
    public const string PhaseType = "release";

    private readonly Lock _lock = new();
    private readonly List<Release> _releases = [];
    private readonly SemaphoreSlim _phases = new(1);
    private readonly TaskSet _running = new();
    private Release? _current;

    public Release? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    public IReadOnlyList<Release> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _releases];
            }
        }
    }

    /// <summary>By id or by version, with or without the v.</summary>
    public Release? Find(string idOrVersion) =>
        All.FirstOrDefault(r => r.Id.ToString() == idOrVersion || $"{r.Version}" == idOrVersion || $"v{r.Version}" == idOrVersion);

    public bool IsEligibleForRollback(Release release) =>
        release is { Status: Release.Succeeded, Slug: not null } && All.TakeLast(20).Contains(release);

    /// <summary>A release of the slug with the config vars of now. It is current at once unless a release phase has to succeed first.</summary>
    public Release Create(string description, Slug? slug)
    {
        Release release;
        bool hasPhase = slug is not null && (slug.ProcessTypes.ContainsKey(PhaseType) || platform.Faults.Get(Fault.FailReleasePhases) != 0);
        bool hangs = slug is not null && platform.Faults.Take(Fault.HangReleasePhases);
        lock (_lock)
        {
            int version = _releases.Count + 1;
            release = new Release(version, description, slug, app.ConfigVars, platform.Time.GetUtcNow());
            if (hasPhase)
            {
                release.Output = new OutputStream();
                platform.Streams[release.Output.Id] = release.Output;
            }

            _releases.Add(release);
        }

        app.Tell($"Release v{release.Version} created by user {platform.Account.Email}");
        if (hangs)
        {
            return release;
        }

        if (hasPhase)
        {
            _running.Run(() => RunPhaseAsync(release));
        }
        else
        {
            Succeed(release);
        }

        return release;
    }

    /// <summary>A new release with the slug and the config vars of an older one.</summary>
    public Release RollBack(Release target)
    {
        app.ReplaceConfigVars(target.ConfigVars);
        return Create($"Rollback to v{target.Version}", target.Slug);
    }

    /// <summary>Ends when no release phase runs any more.</summary>
    public Task WhenIdleAsync() => _running.WhenEmptyAsync();

    private async Task RunPhaseAsync(Release release)
    {
        OutputStream output = release.Output!;
        int status = 1;
        bool entered = false;
        try
        {
            await _phases.WaitAsync(platform.Stopping).ConfigureAwait(false);
            entered = true;
            status = await RunCommandAsync(release, output).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            output.WriteLine($"The release command could not be started: {e.Message}");
        }
        finally
        {
            if (entered)
            {
                _phases.Release();
            }
        }

        if (status == 0)
        {
            Succeed(release);
        }
        else
        {
            output.WriteLine("");
            output.WriteLine(" !     Release command failed.");
            app.Tell($"Release v{release.Version} command failed");
            Finish(release, Release.Failed);
        }

        output.Complete();
    }

    private async Task<int> RunCommandAsync(Release release, OutputStream output)
    {
        if (platform.Faults.Take(Fault.FailReleasePhases))
        {
            output.WriteLine("Release phase failed by a fault switch.");
            return 1;
        }

        return release.Slug!.ProcessTypes.TryGetValue(PhaseType, out string? command)
            ? await app.Dynos.RunReleasePhaseAsync(release, command, output).ConfigureAwait(false)
            : 0;
    }

    private void Succeed(Release release)
    {
        bool becomesCurrent = release.Slug is null || !platform.Faults.Take(Fault.ReleasesNotCurrent);
        if (becomesCurrent)
        {
            lock (_lock)
            {
                // A release that took longer than a newer one does not replace it.
                if (_current is null || _current.Version < release.Version)
                {
                    _current = release;
                }

                becomesCurrent = _current == release;
            }
        }

        app.ReleasedAt = platform.Time.GetUtcNow();
        if (becomesCurrent && release.Slug is not null)
        {
            app.Dynos.Deploy(release);
        }

        Finish(release, Release.Succeeded);
    }

    private void Finish(Release release, string status)
    {
        release.Status = status;
        release.UpdatedAt = platform.Time.GetUtcNow();
        release.Finished.TrySetResult();
    }
}
