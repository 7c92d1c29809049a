using System.Globalization;
using System.Net;
using System.Text;
using Wercker.Pipeline.Heroku.Tests.Api;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Heroku.Tests.Logs;

public class LogSourceContractTests
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task Source_PlainOrEvents_KeepsTheContract(bool events)
    {
        var contract = new LogSourceContract(
            (entries, _) => new(Source(With(entries, events))),
            _ => new(Source(new ScriptedApi())));

        await contract.Rules.VerifyAllAsync(CancellationToken.None);
    }

    private static HerokuLogSource Source(ScriptedApi script) =>
        new(new HttpClient(script), new HerokuOptions { App = "shop", ApiKey = new Secret("the-key"), ApiUrl = new Uri("https://api.example.org") });

    private static ScriptedApi With(IReadOnlyList<LogEntry> entries, bool events)
    {
        var lines = entries.Select(entry => $"{entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00:00 app[{entry.Origin}]: {entry.Message}");
        var text = events
            ? "retry: 10\n\n" + string.Concat(lines.Select((line, i) => $"id: {i}\ndata: {line}\n\n"))
            : string.Concat(lines.Select(line => line + "\n"));
        return new ScriptedApi()
            .On("POST /apps/shop/log-sessions", """{ "logplex_url": "https://logs.example.org/sessions/1?srv=1" }""", HttpStatusCode.Created)
            .On("GET /sessions/1", request =>
            {
                Assert.That(request.Headers.Authorization, Is.Null, "the log's address is its own secret");
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, events ? "text/event-stream" : "text/plain") };
            });
    }
}
