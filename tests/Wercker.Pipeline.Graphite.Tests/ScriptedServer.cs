using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Wercker.Pipeline.Metrics.Servers;

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>Answers that real Graphite gives only on bad days, through the resilience of the real client.</summary>
internal sealed class ScriptedServer(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int _asked;

    public int Asked => _asked;

    public static HttpResponseMessage Json(string text, DateTimeOffset? date = null) => Json(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), date);

    public static HttpResponseMessage Json(Stream stream, DateTimeOffset? date = null)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream), Headers = { Date = date } };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return response;
    }

    public static HttpResponseMessage Page(HttpStatusCode status, string html, string type = "text/html") => new(status) { Content = new StringContent(html, null, type) };

    public GraphiteMetricSource Source(GraphiteOptions? options = null)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage>();
        MetricServerHttp.Configure(builder);
        var client = new HttpClient(new ResilienceHandler(builder.Build()) { InnerHandler = this });
        return new GraphiteMetricSource(client, options ?? new GraphiteOptions { Url = new Uri("http://graphite.example.com") });
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(answers[Math.Min(Interlocked.Increment(ref _asked), answers.Length) - 1]());
}
