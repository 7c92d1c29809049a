using Wercker.Pipeline.Http;

namespace Wercker.Pipeline.Tests.Http;

/// <summary>Runs an HTTP test in a pipeline, with waits that take no time.</summary>
internal static class HttpTestRunner
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Three passes in a row of five tries, five seconds for the cut-over.</summary>
    public static HttpTest Standard(HttpTest test) =>
        test.VersionInHeader("X-Version").ExpectJson("status", "ok").Passes(3, 5).Every(Interval).TimeoutAfter(TimeSpan.FromMinutes(5)).Grace(TimeSpan.FromSeconds(5));

    public static async Task<StepReport> RunAsync(Action<HttpTest> configure, Action? betweenTries = null, TimeProvider? clock = null, DeployRequest? request = null) =>
        (await DeployAsync(configure, betweenTries, clock, request)).Steps.Single();

    public static async Task<DeployReport> DeployAsync(
        Action<HttpTest> configure, Action? betweenTries = null, TimeProvider? clock = null, DeployRequest? request = null, IDeployObserver? observer = null)
    {
        var services = new PipelineServices { TimeProvider = clock ?? new SteppingClock(Interval, betweenTries), Observers = observer is null ? [] : [observer] };
        return await new DeployPipelineBuilder("shop", services).AddHttpTest("Http", configure).Build().DeployAsync(request ?? new DeployRequest("shop", "2"));
    }

    public static async Task<StepReport> RunAsync(params string[] schedule)
    {
        using var app = new ScheduledApp(schedule);
        return await RunAsync(test => Standard(test.Get(app.Url)), app.Prepare);
    }
}
