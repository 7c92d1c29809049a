using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Rendezvous;

internal sealed class RendezvousTests : PlatformTest
{
    protected override void Configure(LocalHerokuOptions options) => options.AttachTimeout = TimeSpan.FromSeconds(2);

    [Test]
    public async Task Attach_WithACommand_StreamsOutputAndClosesAtItsEnd()
    {
        await using Client client = await RunAsync("echo out; echo err >&2; printf tail");

        Assert.That(await client.ReadToEndAsync(), Is.EqualTo("out\nerr\ntail"));
    }

    [Test]
    public async Task Attach_WithInput_GivesItToTheProcessUntilItsEnd()
    {
        await using Client client = await RunAsync("cat; echo end");
        await client.WriteAsync("one\ntwo\n\u0004");

        Assert.That(await client.ReadToEndAsync(), Is.EqualTo("one\ntwo\nend\n"));
    }

    [Test]
    public async Task Attach_WithBulkInputAndOutput_LosesNothing()
    {
        string text = string.Concat(Enumerable.Range(1, 60_000).Select(i => $"line {i}\n"));
        await using Client client = await RunAsync("cat");
        Task<string> reading = client.ReadToEndAsync();
        await client.WriteAsync(text + "\u0004");

        Assert.That(await reading, Is.EqualTo(text));
    }

    [Test]
    public async Task Attach_WithTheClisMarker_GetsItInOnePiece()
    {
        const string marker = "\uFFFF heroku-command-exit-status: 3\n";
        await using Client client = await RunAsync("seq 1 30000; (exit 3) ; echo \"\uFFFF heroku-command-exit-status: $?\"");

        List<string> pieces = await client.ReadPiecesAsync();

        Assert.That(pieces[^1], Does.EndWith(marker));
        Assert.That(string.Concat(pieces), Is.EqualTo(string.Concat(Enumerable.Range(1, 30_000).Select(i => $"{i}\n")) + marker));
    }

    [Test]
    public async Task Interrupt_Typed_ReachesTheProcess()
    {
        await using Client client = await RunAsync("trap 'echo caught; exit 5' INT; echo ready; while true; do sleep 0.05; done");
        Assert.That(await client.ReadLineAsync(), Is.EqualTo("ready\n"));
        await client.WriteAsync("\u0003");

        Assert.That(await client.ReadToEndAsync(), Is.EqualTo("caught\n"));
        Assert.That(await WaitForLogAsync("Process exited"), Does.Contain("Process exited with status 5"));
    }

    [Test]
    public async Task Client_ThatGoesAway_HangsTheProcessUp()
    {
        Client client = await RunAsync("trap 'echo hup >&2; exit 6' HUP; echo ready; while true; do sleep 0.05; done");
        await client.ReadLineAsync();
        await client.DisposeAsync();

        Assert.That(await WaitForLogAsync("Process exited"), Does.Contain("Process exited with status 6"));
    }

    [Test]
    public async Task Dyno_WhoseClientNeverComes_EndsWithR13()
    {
        (_, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "echo never", ["attach"] = true });

        Assert.That(await WaitForLogAsync("R13"), Does.Contain($"heroku[{dyno!["name"]}]: Error R13 (Attach error) -> Failed to attach to process"));
        await WaitAsync("/apps/shop/dynos", d => d.AsArray().Count == 0);
    }

    [Test]
    public async Task Secret_ThatIsWrongOrUsed_OpensNothing()
    {
        await using Client first = await RunAsync("echo once");
        Assert.That(await first.ReadToEndAsync(), Is.EqualTo("once\n"));

        await using Client again = await ConnectAsync(first.Url);
        Assert.That(await again.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task Certificate_WithoutTheCa_IsNotTrusted()
    {
        (_, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "true", ["attach"] = true });
        var url = new Uri(dyno!["attach_url"]!.ToString());
        using var connection = new TcpClient(url.Host, url.Port);
        using var stream = new SslStream(connection.GetStream());

        Assert.That(async () => await stream.AuthenticateAsClientAsync(url.Host), Throws.InstanceOf<System.Security.Authentication.AuthenticationException>());
    }

    [Test]
    public async Task RefuseRendezvous_Once_CutsBeforeTheGreeting()
    {
        Heroku.Faults.RefuseRendezvous = 1;
        (_, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = "echo hi", ["attach"] = true });
        var url = new Uri(dyno!["attach_url"]!.ToString());
        await using Client refused = await ConnectAsync(url);
        Assert.That(await refused.ReadToEndAsync(), Is.Empty);

        await using Client second = await ConnectAsync(url);
        Assert.That(await second.ReadToEndAsync(), Is.EqualTo("rendezvous\r\nhi\n"));
    }

    [Test]
    public async Task DropRendezvous_Once_CutsAtTheFirstOutput()
    {
        Heroku.Faults.DropRendezvous = 1;
        await using Client client = await RunAsync("echo hi; sleep 1000");

        Assert.That(await client.ReadUntilCutAsync(), Is.Empty);
        Assert.That(await WaitForLogAsync("Process exited"), Does.Contain("Process exited with status 129"));
    }

    [Test]
    public async Task TerminalOutput_Once_EndsLinesAsATerminalDoes()
    {
        Heroku.Faults.TerminalOutput = 1;
        await using Client client = await RunAsync("echo one; echo two");

        Assert.That(await client.ReadToEndAsync(), Is.EqualTo("one\r\ntwo\r\n"));
    }

    private async Task<Client> RunAsync(string command)
    {
        (int status, JsonNode? dyno) = await SendAsync(HttpMethod.Post, "/apps/shop/dynos", new() { ["command"] = command, ["attach"] = true });
        Assert.That(status, Is.EqualTo(201));
        Client client = await ConnectAsync(new Uri(dyno!["attach_url"]!.ToString()));
        Assert.That(await client.ReadLineAsync(), Is.EqualTo("rendezvous\r\n"));
        return client;
    }

    private async Task<Client> ConnectAsync(Uri url)
    {
        var connection = new TcpClient(url.Host, url.Port);
        var stream = new SslStream(connection.GetStream());
        using X509Certificate2 ca = X509CertificateLoader.LoadCertificateFromFile(Heroku.CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(ca);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.Host, CertificateChainPolicy = policy });
        await stream.WriteAsync(Encoding.UTF8.GetBytes(url.AbsolutePath.TrimStart('/') + "\r\n"));
        return new Client(connection, stream, url);
    }

    private sealed class Client(TcpClient connection, SslStream stream, Uri url) : IAsyncDisposable
    {
        public Uri Url => url;

        public async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask().WaitAsync(Patience);

        /// <summary>Byte by byte, because one read of the stream may return several TLS records at once.</summary>
        public async Task<string> ReadLineAsync()
        {
            var line = new List<byte>();
            byte[] next = new byte[1];
            while ((line.Count == 0 || line[^1] != '\n') && await stream.ReadAsync(next).AsTask().WaitAsync(Patience) > 0)
            {
                line.Add(next[0]);
            }

            return Encoding.UTF8.GetString([.. line]);
        }

        /// <summary>What arrived together, as a client that looks at chunks sees it.</summary>
        private async Task<string> ReadAsync()
        {
            byte[] buffer = new byte[64 * 1024];
            return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience));
        }

        public async Task<List<string>> ReadPiecesAsync()
        {
            var pieces = new List<string>();
            while (await ReadAsync() is { Length: > 0 } piece)
            {
                pieces.Add(piece);
            }

            return pieces;
        }

        public async Task<string> ReadToEndAsync() => string.Concat(await ReadPiecesAsync());

        public async Task<string> ReadUntilCutAsync()
        {
            try
            {
                return await ReadToEndAsync();
            }
            catch (IOException)
            {
                return "";
            }
        }

        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            connection.Dispose();
        }
    }
}
