using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Testing.Contracts;
using static Wercker.Pipeline.Loggly.Tests.Account;

namespace Wercker.Pipeline.Loggly.Tests;

public sealed class LogglyLogSourceTests
{
    private static IEnumerable<TestCaseData> Rules => new[] { false, true }.SelectMany(legacy => new LogSourceContract(
            async (entries, _) => new OwnedSource(await OpenAsync(), legacy, entries),
            _ => ValueTask.FromResult<ILogSource>(new LogglyLogSource(new HttpClient(), new LogglyOptions { Url = new Uri("http://127.0.0.1:1/"), Token = new Secret("none at all"), User = "x", Password = new Secret("none at all"), Legacy = legacy }))).Rules
        .Select(rule => new TestCaseData(rule).SetArgDisplayNames(legacy ? "first generation" : "second generation", rule.ToString()!)));

    [TestCaseSource(nameof(Rules))]
    public Task LogglyLogSource_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [Test]
    public async Task ReadAsync_MorePagesThanOne_ReadsAllInOrder([Values] bool legacy)
    {
        await using var account = await OpenAsync();
        account.Server.LargestPage = 2;
        account.Server.Add([.. Enumerable.Range(0, legacy ? 1201 : 7).Select(i => new LogEntry(Noon.AddMilliseconds(i), $"line {i}"))]);

        var read = await ReadAsync(account.Source(legacy));

        Assert.That(read.Select(entry => entry.Message), Is.EqualTo(Enumerable.Range(0, legacy ? 1201 : 7).Select(i => $"line {i}")));
        Assert.That(account.Server.Requests, Has.Count.EqualTo(legacy ? 3 : 4));
    }

    [Test]
    public async Task ReadAsync_Query_IsHandedOn()
    {
        await using var account = await OpenAsync();
        account.Server.Add(
            new LogEntry(Noon, """{"application":"shop","level":"error","n":1}"""),
            new LogEntry(Noon, """{"application":"shop","level":"info","n":2}"""),
            new LogEntry(Noon, """{"application":"blog","level":"error","n":3}"""));

        Assert.That((await ReadAsync(account.Source(), "json.application:shop json.level:error")).Single().Message, Does.Contain("\"n\":1"));
        Assert.That((await ReadAsync(account.Source(legacy: true), "inputname:app json.application:blog")).Single().Message, Does.Contain("\"n\":3"));
    }

    [Test]
    public async Task ReadAsync_LinkLeadsElsewhere_IsNotFollowed()
    {
        await using var account = await OpenAsync();
        await using var thief = await LogglyServer.StartAsync();
        account.Server.LargestPage = 1;
        account.Server.CursorAddress = thief.Url;
        account.Server.Add(new LogEntry(Noon, "a"), new LogEntry(Noon, "b"));

        Assert.That(() => ReadAsync(account.Source()), Throws.TypeOf<LogglyException>().With.Message.Contains("leads away"));
        Assert.That(thief.Requests, Is.Empty);
    }

    [TestCase(LogglyFault.Timeout)]
    [TestCase(LogglyFault.Unavailable)]
    [TestCase(LogglyFault.RetryLater)]
    [TestCase(LogglyFault.TooManyRequests)]
    [TestCase(LogglyFault.GatewayTimeout)]
    public async Task ReadAsync_PassingFault_IsAskedAgain(LogglyFault fault)
    {
        await using var account = await OpenAsync();
        account.Server.Add(new LogEntry(Noon, "a")).Fail(fault);

        Assert.That(await ReadAsync(account.Source()), Has.Count.EqualTo(1));
        Assert.That(account.Server.Requests, Has.Count.EqualTo(2));
    }

    [TestCase(LogglyFault.InternalError, "answered 500 InternalServerError: something broke")]
    [TestCase(LogglyFault.BadGateway, "answered 502 BadGateway: a web page")]
    [TestCase(LogglyFault.WebPage, "answered with a web page instead of data")]
    [TestCase(LogglyFault.TruncatedJson, "JSON that is broken or cut off")]
    public async Task ReadAsync_LastingFault_IsSaidAndNotAskedAgain(LogglyFault fault, string message)
    {
        await using var account = await OpenAsync();
        account.Server.Add(new LogEntry(Noon, "a")).Fail(fault);

        Assert.That(() => ReadAsync(account.Source()), Throws.TypeOf<LogglyException>().With.Message.Contains(message));
        Assert.That(account.Server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ReadAsync_FaultOnALaterPage_IsSaid()
    {
        await using var account = await OpenAsync();
        account.Server.LargestPage = 1;
        account.Server.Add(new LogEntry(Noon, "a"), new LogEntry(Noon, "b"));
        var read = 0;

        Assert.That(
            async () =>
            {
                await foreach (var _ in account.Source().ReadAsync(new SourceQuery("", Noon, Noon.AddMinutes(1)), CancellationToken.None))
                {
                    if (read++ == 0)
                    {
                        account.Server.Fail(LogglyFault.TruncatedJson);
                    }
                }
            },
            Throws.TypeOf<LogglyException>());
        Assert.That(read, Is.EqualTo(1));
    }

    [Test]
    public async Task ReadAsync_SilentServer_CanBeCanceled()
    {
        await using var account = await OpenAsync();
        account.Server.Fail(LogglyFault.Silence);
        using var cancel = new CancellationTokenSource();
        var reading = account.Source().ReadAsync(new SourceQuery("", Noon, Noon.AddMinutes(1)), cancel.Token).GetAsyncEnumerator(cancel.Token).MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        Assert.That(() => reading, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task ReadAsync_CustomerToken_SaysThatItCannotRead()
    {
        await using var account = await OpenAsync();
        var source = new LogglyLogSource(account.Http, new LogglyOptions { Url = account.Server.Url, Token = new Secret(account.Server.CustomerToken) });

        var e = await Assert.ThrowsAsync<LogglyException>(() => ReadAsync(source));
        Assert.That(e!.Message, Does.Contain("401").And.Contain("customer token").And.Not.Contain(account.Server.CustomerToken));
    }

    [Test]
    public async Task ReadAsync_WrongQuery_SaysWhatLogglySays([Values] bool legacy)
    {
        await using var account = await OpenAsync();

        Assert.That(() => ReadAsync(account.Source(legacy), "level:[1 TO"), Throws.TypeOf<LogglyException>().With.Message.Contains("answered 400").And.Message.Contains("Check the query"));
    }

    [TestCase(null, null)]
    [TestCase("acme.loggly.com", "t0ken-of-the-api")]
    public void New_AccountIncomplete_IsRefused(string? domain, string? token) =>
        Assert.That(
            () => new LogglyLogSource(new HttpClient(), new LogglyOptions { Domain = domain, Token = token is null ? null : new Secret(token) }),
            Throws.TypeOf<ConfigurationException>().With.Message.StartsWith("Loggly: the domain"));

    [Test]
    public void New_NoCredentials_IsRefused() =>
        Assert.That(() => new LogglyLogSource(new HttpClient(), new LogglyOptions { Domain = "acme" }), Throws.TypeOf<ConfigurationException>().With.Message.Contains("no API token"));

    private sealed class OwnedSource(Account account, bool legacy, IReadOnlyList<LogEntry> entries) : ILogSource, IAsyncDisposable
    {
        private readonly LogglyLogSource _source = account.Add(entries).Source(legacy);

        public string Name => _source.Name;

        public IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, CancellationToken cancellationToken) => _source.ReadAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => account.DisposeAsync();
    }
}
