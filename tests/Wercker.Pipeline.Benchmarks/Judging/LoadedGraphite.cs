using System.Globalization;
using Wercker.Pipeline.Graphite;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>A real Graphite with series of the past in it, and a metrics test that asks it.</summary>
internal sealed class LoadedGraphite : IAsyncDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    // A window that ends in the future would be waited for.
    private const int WeeksAfter = 5;
    private readonly GraphiteServer _server;
    private readonly HttpClient _http = GraphiteHttpClient.Create();
    private readonly GraphiteMetricSource _source;

    private LoadedGraphite(GraphiteServer server, IReadOnlyList<LabelledSeries> series)
    {
        _server = server;
        _source = new GraphiteMetricSource(_http, new GraphiteOptions { Url = server.Url });
        Series = series;
    }

    /// <summary>The series at the times at which Graphite has them: moved by whole weeks, for Graphite keeps nothing that is years old.</summary>
    public IReadOnlyList<LabelledSeries> Series { get; }

    public static async Task<LoadedGraphite> StartAsync(TextWriter output, IReadOnlyList<LabelledSeries> all)
    {
        var now = TimeProvider.System.GetUtcNow();
        List<LabelledSeries> series = [.. all.Select(one => one.Shift(((int)((now - one.Points[^1].At) / Week) - WeeksAfter) * Week))];
        var retentions = series.GroupBy(SecondsOf).Select(group =>
            (Pattern: $"^s{group.Key}\\.", Retention: $"{group.Key}s:{(int)group.Max(one => (now - one.Points[0].At).TotalDays) + 2}d")).ToList();
        var server = await GraphiteServer.StartAsync(retentions).ConfigureAwait(false);
        foreach (var one in series.SelectMany(one => one.Metrics.Count == 0 ? [one] : one.Metrics))
        {
            await server.WriteAsync([.. one.Points.Where(point => point.Value is not null).Select(point => (NameOf(one), point.Value!.Value, BucketOf(one, point.At)))]).ConfigureAwait(false);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{series.Sum(one => Math.Max(1, one.Metrics.Count))} series with {series.Sum(one => one.Points.Count * Math.Max(1, one.Metrics.Count))} points are in Graphite")).ConfigureAwait(false);
        return new LoadedGraphite(server, series);
    }

    /// <summary>Runs a pipeline with a metrics test over a window.</summary>
    public async ValueTask<StepStatus> JudgeAsync(LabelledSeries series, DateTimeOffset deployment, TimeSpan length)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(BucketOf(series, deployment));
        var pipeline = new DeployPipelineBuilder("labelled")
            .AddMetricsTest(test => test.Compare(_source, NameOf(series)).Over(new TestWindow(from, from, from + length)))
            .Build();
        var step = (await pipeline.DeployAsync(new DeployRequest("labelled", "1"), CancellationToken.None).ConfigureAwait(false)).Steps.Single();
        return step.Status == StepStatus.Error ? throw new InvalidOperationException($"{series.Name}: {step.Message}") : step.Status;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Where Graphite keeps a point: at the beginning of the bucket that it falls into.</summary>
    private static long BucketOf(LabelledSeries series, DateTimeOffset at) => at.ToUnixTimeSeconds() / SecondsOf(series) * SecondsOf(series);

    private static long SecondsOf(LabelledSeries series) => (long)series.Step.TotalSeconds;

    private static string NameOf(LabelledSeries series) => $"s{SecondsOf(series)}.{string.Concat(series.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '*' ? c : '_'))}";
}
