using System.Globalization;
using System.Text;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing.Contracts;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Logs;

/// <summary>Files and a real journal, read over the real server.</summary>
public class SshLogSourceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task Source_OfAFile_KeepsTheContract()
    {
        using var directory = new Scratch();
        var contract = new LogSourceContract(
            (entries, _) =>
            {
                var file = directory.File($"{Guid.NewGuid():N}.log", string.Concat(entries.Select(entry => $"{entry.At:yyyy-MM-ddTHH:mm:ss.fffZ} {entry.Message}\n")));
                return ValueTask.FromResult<ILogSource>(Source(files: file));
            },
            _ => ValueTask.FromResult<ILogSource>(Source(files: "/no/such/file")),
            Noon);
        await contract.Rules.VerifyAllAsync(CancellationToken.None);
    }

    [Test]
    public async Task Source_OfAJournal_KeepsTheContract()
    {
        OnlyRoot();
        var contract = new LogSourceContract(
            (entries, _) =>
            {
                var unit = $"shop{Guid.NewGuid():N}";
                WriteJournal(entries.Count == 0 ? [new LogEntry(Noon, "of somebody else")] : entries, entries.Count == 0 ? "other" : unit);
                return ValueTask.FromResult<ILogSource>(Source(unit));
            },
            _ => ValueTask.FromResult<ILogSource>(new SshLogSource([Host with { Port = ServerProcess.FreePort() }], Servers.LoginOf(SshClientKind.BuiltIn)) { Unit = "shop" }),
            Noon);
        await contract.Rules.VerifyAllAsync(CancellationToken.None);
    }

    [Test]
    public async Task ReadAsync_UserWhoMayNotReadTheJournal_IsNotTakenForSilence()
    {
        OnlyRoot();
        WriteJournal([new LogEntry(Noon, "hidden")], "hidden");
        foreach (var file in Directory.GetFiles(Lab.Server.Journal))
        {
            SshServer.Run("chmod", "600", file);
        }

        var source = new SshLogSource([Host], Servers.LoginOf(SshClientKind.BuiltIn) with { User = SshServer.Plain }) { Unit = "hidden" };
        var refusal = await Assert.ThrowsAsync<SshException>(() => ReadAsync(source));
        Assert.That(refusal!.Message, Does.Contain("wercker-plain may not read the journal of hidden: add it to the group systemd-journal"));
    }

    // All that the core reads is read here: the reader is the same.
    [TestCase("2026-03-01T12:00:05Z one\n2026-03-01T12:00:06Z two", TestName = "ReadAsync_Iso")]
    [TestCase("2026-03-01 12:00:05,250 one\n2026-03-01 12:00:06,250 two", TestName = "ReadAsync_IsoWithAComma")]
    [TestCase("2026/03/01 12:00:05 [error] one\n2026/03/01 12:00:06 [error] two", TestName = "ReadAsync_NginxErrors")]
    [TestCase("10.0.0.1 - - [01/Mar/2026:13:00:05 +0100] \"GET / HTTP/1.1\" 500 one\n10.0.0.1 - - [01/Mar/2026:13:00:06 +0100] \"GET / HTTP/1.1\" 500 two", TestName = "ReadAsync_CommonLogFormat")]
    [TestCase("Mar  1 12:00:05 web1 shop[12]: one\nMar  1 12:00:06 web1 shop[12]: two", TestName = "ReadAsync_Syslog")]
    [TestCase("{\"ts\":1772366405.5,\"message\":\"one\"}\n{\"ts\":1772366406.5,\"message\":\"two\"}", TestName = "ReadAsync_SecondsInJson")]
    public async Task ReadAsync_WayOfWritingTimes_IsKnown(string lines)
    {
        using var directory = new Scratch();
        var entries = await ReadAsync(Source(files: directory.File("app.log", lines + "\n")));

        Assert.That(entries.Select(entry => entry.At.ToUnixTimeSeconds()), Is.EqualTo(new[] { 1772366405, 1772366406 }));
        Assert.That(entries.Select(entry => (entry.Message.Contains("one", StringComparison.Ordinal), entry.Origin)), Is.EqualTo(new[] { (true, "web"), (false, "web") }));
    }

    [Test]
    public async Task ReadAsync_SeveralFilesWithRotation_AreOneLogWithItsTraces()
    {
        using var directory = new Scratch();
        directory.File("app.log.1", "2026-03-01T12:00:01Z old\n2026-03-01T12:00:02Z crash\n   at Shop.Main()\n");
        var app = directory.File("app.log", "2026-03-01T12:00:09Z new\n2026-03-01T13:00:00Z too late\n");
        var other = directory.File("other.log", "[01/Mar/2026:12:00:05 +0000] between\n");
        var source = new SshLogSource([Host], Servers.LoginOf(SshClientKind.OpenSsh)) { Files = [app, other] };

        Assert.That((await ReadAsync(source)).Select(entry => entry.Message), Is.EqualTo(new[] { "old", "crash\n   at Shop.Main()", "between", "new" }));
        Assert.That((await ReadAsync(source, "CRASH|new")).Select(entry => entry.Message.Split('\n')[0]), Is.EqualTo(new[] { "crash", "new" }));
    }

    [Test]
    public async Task ReadAsync_NoTimesAtAll_IsNotTakenForSilence()
    {
        using var directory = new Scratch();
        var file = directory.File("app.log", "error\nerror\n");
        var refusal = await Assert.ThrowsAsync<SshException>(() => ReadAsync(Source(files: file)));
        Assert.That(refusal!.Message, Does.Contain($"web: no line of {file} says when it was written"));
    }

    [Test]
    public async Task ReadAsync_TooLargeFile_SaysThatLinesAreMissing()
    {
        using var directory = new Scratch();
        var file = directory.File("app.log", string.Empty);
        await using (var stream = File.OpenWrite(file))
        {
            // Sparse: the script must not read what it does not show.
            stream.SetLength(65L << 20);
            stream.Position = stream.Length;
            await stream.WriteAsync("\n2026-03-01T12:00:05Z last\n"u8.ToArray());
        }

        var entries = await ReadAsync(Source(files: file));
        Assert.That(entries.Select(entry => (entry.Lost, entry.Message)), Is.EqualTo(new[] { (true, $"only the end of {file} was read: it is too large"), (false, "last") }));
    }

    [Test]
    public async Task LogTest_OfADeployment_FindsTheErrorOnTheHost([Values] bool isIll)
    {
        await using var servers = new Servers();
        var log = Path.Combine(servers.Root(), "shop.log");
        await File.WriteAllTextAsync(log, $"{DateTimeOffset.UtcNow.AddHours(-1):O} error of long ago\n");
        var line = $"date -u '+%Y-%m-%dT%H:%M:%S.%NZ {(isIll ? "ERROR cannot connect" : "served")}'";
        servers.Options = servers.Options with { Restart = $"(for i in $(seq 40); do {line} >> {log}; sleep 0.25; done) > /dev/null 2>&1 &" };
        var source = new SshLogSource(servers.Hosts, Servers.LoginOf(SshClientKind.BuiltIn)) { Files = [log] };
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(servers.Target())
            .AddWerckerFlow(flow =>
            {
                flow.WarmUp = TimeSpan.Zero;
                flow.LogTest(test => test.From(source, "error").After(TimeSpan.FromSeconds(2)));
            })
            .Build();
        var report = await pipeline.DeployAsync(servers.Request("v1"));

        Assert.That(report.Status, Is.EqualTo(isIll ? DeployStatus.Failed : DeployStatus.Succeeded), report.Summary);
        Assert.That(report.Steps.Single(step => step.Name == "LogTest").Status, Is.EqualTo(isIll ? StepStatus.Failed : StepStatus.Succeeded), report.Summary);
    }

    private static SshHost Host => new("127.0.0.1") { Name = "web", Port = Lab.Server.Port };

    private static SshLogSource Source(string? unit = null, params IReadOnlyList<string> files) => new([Host], Servers.LoginOf(SshClientKind.BuiltIn)) { Unit = unit, Files = files };

    private static async Task<List<LogEntry>> ReadAsync(SshLogSource source, string query = "")
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in source.ReadAsync(new SourceQuery(query, Noon, Noon.AddMinutes(1)), CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Adds to the journal of the server, in journald's own way of exporting one.</summary>
    private static void WriteJournal(IReadOnlyList<LogEntry> entries, string unit)
    {
        using var export = new MemoryStream();
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            var message = Encoding.UTF8.GetBytes(entry.Message);
            export.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"__REALTIME_TIMESTAMP={(entry.At - DateTimeOffset.UnixEpoch).Ticks / 10}\n__MONOTONIC_TIMESTAMP={i + 1}\n_BOOT_ID=6f3d8f8ae0bb4a55a29fdc10dc09a5a4\n_SYSTEMD_UNIT={unit}.service\nMESSAGE\n")));
            export.Write(BitConverter.GetBytes((long)message.Length));
            export.Write(message);
            export.Write("\n\n"u8);
        }

        var remote = File.Exists("/usr/lib/systemd/systemd-journal-remote") ? "/usr/lib/systemd/systemd-journal-remote" : "/lib/systemd/systemd-journal-remote";
        var start = new System.Diagnostics.ProcessStartInfo(remote, ["--output", Path.Combine(Lab.Server.Journal, $"{unit}.journal"), "-"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        export.WriteTo(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        var words = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, words);
    }

    private static void OnlyRoot()
    {
        if (!SshServer.IsRoot)
        {
            Assert.Ignore("Only root can give the server a journal of its own.");
        }
    }

    private sealed class Scratch : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wercker-logs-");

        public string File(string name, string content)
        {
            var file = Path.Combine(_directory.FullName, name);
            System.IO.File.WriteAllText(file, content);
            return file;
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
