using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>A deployment under way in this process, which ends when somebody asks the store for it, as one of any host's does.</summary>
internal sealed class Run : IAsyncDisposable
{
    private static int _count;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _watch = new();
    private readonly Task _watching;
    private readonly Task<DeployReport> _running;

    private Run(Site site, DeployPipeline pipeline, DeployRequest request)
    {
        Id = request.Id!;
        Address = site.Urls.Deployment(Site.Project, Id);
        _running = pipeline.DeployAsync(request, _stop.Token);
        _watching = WatchAsync(site);
    }

    public string Id { get; }

    /// <summary>Its page.</summary>
    public string Address { get; }

    /// <summary>Starts one. Each has a target of its own, so that none waits for another.</summary>
    public static Run Start(Site site, Action<DeployPipelineBuilder> build, DeployRequest? request = null, string? target = null)
    {
        var number = Interlocked.Increment(ref _count);
        var fake = new FakeTarget(target ?? $"test-{number}");
        fake.AddRelease("the release before");
        var builder = new DeployPipelineBuilder("shop", site.Services).UseTarget(fake);
        build(builder);
        return new Run(site, builder.Build(), (request ?? new DeployRequest("shop", $"{number:x7}a1b2c3d4e5f60718293a4b5c6d7e8f901")) with { Id = $"run-{number}", RequestedBy = request?.RequestedBy ?? "ann" });
    }

    /// <summary>Waits for its end.</summary>
    public Task<DeployReport> EndAsync() => _running.WaitAsync(TimeSpan.FromMinutes(2));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watch.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _watch.Dispose();
    }

    private async Task WatchAsync(Site site)
    {
        while (!_running.IsCompleted && await site.Store.FindCancelRequestAsync(Id, _watch.Token) is null)
        {
            await Task.Delay(100, _watch.Token);
        }

        await _stop.CancelAsync();
    }
}
