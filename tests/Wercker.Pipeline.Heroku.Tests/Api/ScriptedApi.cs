using System.Net;
using System.Text;

namespace Wercker.Pipeline.Heroku.Tests.Api;

/// <summary>Answers of an API that the local platform does not give: old, odd, wrong.</summary>
internal sealed class ScriptedApi : HttpMessageHandler
{
    private readonly List<(string Request, Func<HttpRequestMessage, HttpResponseMessage> Answer)> _script = [];

    /// <summary>What was asked, "GET /account".</summary>
    public List<string> Requests { get; } = [];

    public ScriptedApi On(string request, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _script.Add((request, answer));
        return this;
    }

    public ScriptedApi On(string request, string json, HttpStatusCode status = HttpStatusCode.OK, string? requestId = null) => On(request, _ =>
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (requestId is not null)
        {
            response.Headers.Add("Request-Id", requestId);
        }

        return response;
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var words = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        lock (Requests)
        {
            Requests.Add(words);
        }

        // The last answer of a request stays.
        var index = _script.FindIndex(one => one.Request == words);
        if (index < 0)
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{\"id\":\"not_found\"}") });
        }

        var answer = _script[index].Answer;
        if (_script.Count(one => one.Request == words) > 1)
        {
            _script.RemoveAt(index);
        }

        return Task.FromResult(answer(request));
    }
}
