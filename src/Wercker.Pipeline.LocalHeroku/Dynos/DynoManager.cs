using System.Collections.Concurrent;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>The dynos of one app: those of its formation, and one-off dynos.</summary>
internal sealed class DynoManager(LocalPlatform platform, App app) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Formation> _formations = new(StringComparer.Ordinal);
    private readonly List<DynoSlot> _slots = [];
    private readonly ConcurrentDictionary<string, OneOffDyno> _oneOffs = new(StringComparer.Ordinal);
    private readonly TaskSet _ending = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    public IReadOnlyList<Dyno> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _slots.Select(s => s.Dyno), .. _oneOffs.Values.Select(o => o.Dyno)];
            }
        }
    }

    public IReadOnlyList<Formation> Formations
    {
        get
        {
            lock (_lock)
            {
                return [.. _formations.Values];
            }
        }
    }

    /// <summary>Ends at the next change of any dyno's state.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public Dyno? Find(string nameOrId) => All.FirstOrDefault(d => d.Name == nameOrId || d.Id.ToString() == nameOrId);

    public void Announce()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Runs the release: its process types become the formation, every dyno starts anew.</summary>
    public void Deploy(Release release)
    {
        lock (_lock)
        {
            DateTimeOffset now = platform.Time.GetUtcNow();
            IReadOnlyDictionary<string, string> types = release.Slug!.ProcessTypes;
            foreach (string gone in _formations.Keys.Where(t => !types.ContainsKey(t)).ToArray())
            {
                _formations.Remove(gone);
            }

            foreach ((string type, string command) in types)
            {
                if (!_formations.TryGetValue(type, out Formation? formation))
                {
                    int quantity = type != ReleaseManager.PhaseType && platform.Options.InitialQuantities.TryGetValue(type, out int n) ? n : 0;
                    _formations[type] = formation = new Formation(type, command, quantity, now);
                }

                formation.Command = command;
                formation.UpdatedAt = now;
            }

            Reconcile(release, static _ => true);
        }

        Announce();
    }

    /// <summary>Restarts the dynos that are chosen; one-off dynos among them end.</summary>
    public void Restart(Func<Dyno, bool> choose)
    {
        if (platform.Faults.Take(Fault.IgnoreRestarts))
        {
            return;
        }

        lock (_lock)
        {
            if (app.Releases.Current is { Slug: not null } release)
            {
                Reconcile(release, choose);
            }

            StopOneOffs(choose);
        }

        Announce();
    }

    public void Stop(Func<Dyno, bool> choose)
    {
        lock (_lock)
        {
            foreach (DynoSlot slot in _slots.Where(s => choose(s.Dyno)))
            {
                _ending.Add(slot.TakeDownAsync());
            }

            StopOneOffs(choose);
        }
    }

    /// <summary>Null when the app has no process of that type.</summary>
    public Formation? Scale(string type, Func<int, int> quantity, string? size)
    {
        lock (_lock)
        {
            if (!_formations.TryGetValue(type, out Formation? formation) || app.Releases.Current is not { Slug: not null } release)
            {
                return null;
            }

            formation.Quantity = quantity(formation.Quantity);
            formation.Size = size ?? formation.Size;
            formation.UpdatedAt = platform.Time.GetUtcNow();
            Reconcile(release, static _ => false);
            app.Tell($"Scaled to {type}@{formation.Quantity}:{formation.Size} by user {platform.Account.Email}");
            return formation;
        }
    }

    public OneOffDyno StartOneOff(OneOffRequest request)
    {
        Release release = app.Releases.Current!;
        int number;
        do
        {
            number = Random.Shared.Next(1000, 10_000);
        }
        while (_oneOffs.ContainsKey($"{request.Type}.{number}"));
        var dyno = new OneOffDyno(platform, app, request, $"{request.Type}.{number}", release);
        _oneOffs[dyno.Dyno.Name] = dyno;
        _ending.Run(() => dyno.RunAsync(() => _oneOffs.TryRemove(dyno.Dyno.Name, out _)));
        return dyno;
    }

    /// <summary>Runs a release phase and answers with its exit status.</summary>
    public async Task<int> RunReleasePhaseAsync(Release release, string command, OutputStream output)
    {
        var request = new OneOffRequest(command) { Type = ReleaseManager.PhaseType };
        var dyno = new OneOffDyno(platform, app, request, $"release.{Random.Shared.Next(1000, 10_000)}", release) { OnLine = output.WriteLine };
        _oneOffs[dyno.Dyno.Name] = dyno;
        return await dyno.RunAsync(() => _oneOffs.TryRemove(dyno.Dyno.Name, out _)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (DynoSlot slot in _slots)
            {
                _ending.Add(slot.StopAsync());
            }

            _slots.Clear();
            StopOneOffs(static _ => true);
        }

        await _ending.WhenEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the slots what the formation says; chosen ones start anew. Called with the lock held.</summary>
    private void Reconcile(Release release, Func<Dyno, bool> restart)
    {
        if (_isDisposed)
        {
            return;
        }

        var ending = new Dictionary<string, Task>();
        foreach (DynoSlot slot in _slots.ToArray())
        {
            bool wanted = _formations.TryGetValue(slot.Type, out Formation? formation) && slot.Index <= formation.Quantity;
            if (!wanted || restart(slot.Dyno))
            {
                app.Log.Append("heroku", slot.Name, wanted ? "Restarting" : "Scaling down");
                Task end = slot.StopAsync();
                _ending.Add(end);
                ending[slot.Name] = end;
                _slots.Remove(slot);
            }
        }

        foreach (Formation formation in _formations.Values)
        {
            for (int index = 1; index <= formation.Quantity; index++)
            {
                if (!_slots.Exists(s => s.Type == formation.Type && s.Index == index))
                {
                    var slot = new DynoSlot(platform, app, formation, index, release);
                    _slots.Add(slot);
                    slot.Start(ending.GetValueOrDefault(slot.Name, Task.CompletedTask));
                }
            }
        }
    }

    private void StopOneOffs(Func<Dyno, bool> choose)
    {
        foreach (OneOffDyno dyno in _oneOffs.Values.Where(o => choose(o.Dyno)))
        {
            dyno.Stop();
        }
    }
}
