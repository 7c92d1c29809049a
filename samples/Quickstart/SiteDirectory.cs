namespace Samples.Quickstart;

/// <summary>A directory with releases, of which one is live, and what the web server writes about them.</summary>
public sealed class SiteDirectory
{
    private readonly string _current;
    private readonly string _maintenance;

    public SiteDirectory(string path)
    {
        Path = Directory.CreateDirectory(path).FullName;
        _current = System.IO.Path.Combine(Path, "current");
        _maintenance = System.IO.Path.Combine(Path, "maintenance");
        Directory.CreateDirectory(ReleasePath(string.Empty));
    }

    public string Path { get; }

    public string Log => System.IO.Path.Combine(Path, "access.log");

    public string Heartbeat => System.IO.Path.Combine(Path, "heartbeat.log");

    /// <summary>The release that is live; null before the first one.</summary>
    public string? LiveRelease => File.Exists(_current) ? File.ReadAllText(_current) : null;

    public async Task<string?> ReadLiveReleaseAsync(CancellationToken cancellationToken) =>
        File.Exists(_current) ? await File.ReadAllTextAsync(_current, cancellationToken) : null;

    public bool Maintenance
    {
        get => File.Exists(_maintenance);
        set
        {
            if (value)
            {
                File.WriteAllText(_maintenance, string.Empty);
            }
            else
            {
                File.Delete(_maintenance);
            }
        }
    }

    public string ReleasePath(string release) => System.IO.Path.Combine(Path, "releases", release);

    /// <summary>Makes a release live. A rename is atomic: a visitor sees the old release or the new one, never half of one.</summary>
    public void Activate(string release)
    {
        File.WriteAllText(_current + ".new", release);
        File.Move(_current + ".new", _current, overwrite: true);
    }
}
