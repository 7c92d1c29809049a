using System.Diagnostics;
using System.Net.Sockets;
using Docker.DotNet;

namespace Wercker.Pipeline.Docker.Tests;

/// <summary>The Docker engine of this machine. One that runs already is used and left alone; else one is started for the tests and stopped after them.</summary>
/// <remarks>There is never a second one beside it: it would take the first one's network away.</remarks>
[SetUpFixture]
public sealed class Engine
{
    private const string Socket = "/var/run/docker.sock";
    private static Process? _engine;
    private static DockerClient? _client;

    public static DockerClient Client => _client!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (!Answers())
        {
            // In a session of its own, so that an interrupt of the tests does not reach it first.
            _engine = Process.Start(new ProcessStartInfo("setsid", ["dockerd", "--log-level=error"]) { RedirectStandardError = true, RedirectStandardOutput = true });
            _engine!.BeginErrorReadLine();
            _engine.BeginOutputReadLine();
            var started = Stopwatch.StartNew();
            while (!Answers())
            {
                Assert.That(_engine.HasExited, Is.False, "dockerd ended; run it by hand to see why");
                Assert.That(started.Elapsed, Is.LessThan(TimeSpan.FromMinutes(1)), "dockerd does not answer");
                await Task.Delay(50);
            }
        }

        _client = new DockerClientBuilder().WithEndpoint(new Uri($"unix://{Socket}")).Build();
        await BoxImage.MakeAsync(_client);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _client?.Dispose();
        if (_engine is not null)
        {
            using var kill = Process.Start("kill", ["-TERM", _engine.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            _engine.WaitForExit();
            _engine.Dispose();
        }
    }

    private static bool Answers()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            socket.Send("GET /_ping HTTP/1.0\r\n\r\n"u8);
            socket.ReceiveTimeout = 2000;
            return socket.Receive(new byte[16]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
