using System.Collections.Concurrent;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Dynos;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Logs;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Apps;

/// <summary>An app: what is configured, what was released, what runs.</summary>
internal sealed class App : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LocalPlatform _platform;
    private SortedDictionary<string, string> _configVars = new(StringComparer.Ordinal);

    public App(LocalPlatform platform, string name)
    {
        _platform = platform;
        Name = name;
        CreatedAt = UpdatedAt = platform.Time.GetUtcNow();
        Log = new LogBuffer(platform.Time, platform.Faults) { DrainTokens = () => Drains.Values.Select(d => d.Token) };
        Dynos = new DynoManager(platform, this);
        Releases = new ReleaseManager(platform, this);
        Builder = new Builder(platform, this);
    }

    public Guid Id { get; } = Guid.NewGuid();

    public string Name { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? ReleasedAt { get; set; }

    public bool Maintenance { get; private set; }

    public LogBuffer Log { get; }

    public DynoManager Dynos { get; }

    public ReleaseManager Releases { get; }

    public Builder Builder { get; }

    public ConcurrentDictionary<Guid, Slug> Slugs { get; } = new();

    public ConcurrentDictionary<Guid, LogDrain> Drains { get; } = new();

    /// <summary>A copy: what a release holds does not change with the app.</summary>
    public IReadOnlyDictionary<string, string> ConfigVars
    {
        get
        {
            lock (_lock)
            {
                return new SortedDictionary<string, string>(_configVars, StringComparer.Ordinal);
            }
        }
    }

    public void SetMaintenance(bool on)
    {
        Maintenance = on;
        UpdatedAt = _platform.Time.GetUtcNow();
        Tell($"{(on ? "Enable" : "Disable")} maintenance mode by user {_platform.Account.Email}");
    }

    /// <summary>Sets and, where the value is null, removes config vars, and releases them.</summary>
    public void ChangeConfigVars(IReadOnlyDictionary<string, string?> changes)
    {
        string[] set = [.. changes.Where(c => c.Value is not null).Select(c => c.Key)];
        string[] removed;
        lock (_lock)
        {
            removed = [.. changes.Where(c => c.Value is null && _configVars.Remove(c.Key)).Select(c => c.Key)];
            foreach ((string name, string? value) in changes.Where(c => c.Value is not null))
            {
                _configVars[name] = value!;
            }
        }

        if (set.Length + removed.Length == 0)
        {
            return;
        }

        string names = string.Join(", ", set.Length > 0 ? set : removed);
        string description = $"{(set.Length > 0 ? "Set" : "Remove")} {names} config vars";
        Tell($"{description} by user {_platform.Account.Email}");
        Releases.Create(description, Releases.Current?.Slug);
    }

    public void ReplaceConfigVars(IReadOnlyDictionary<string, string> values)
    {
        lock (_lock)
        {
            _configVars = new SortedDictionary<string, string>(values.ToDictionary(), StringComparer.Ordinal);
        }
    }

    /// <summary>A line of the platform about the app.</summary>
    public void Tell(string message) => Log.Append("app", "api", message);

    public async ValueTask DisposeAsync()
    {
        foreach (LogDrain drain in Drains.Values)
        {
            await drain.DisposeAsync().ConfigureAwait(false);
        }

        await Dynos.DisposeAsync().ConfigureAwait(false);
        await Builder.WhenIdleAsync().ConfigureAwait(false);
        await Releases.WhenIdleAsync().ConfigureAwait(false);
    }
}
