using System.Diagnostics;
using System.Globalization;
using Docker.DotNet.Models;
using Moq;
using Wercker.Pipeline.Docker.Containers;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests;

public sealed class LeftoverTests
{
    private static readonly Owner Here = new("machine", "boot", "pid:[1]", 10, "500");

    [Test]
    [CancelAfter(300_000)]
    public async Task CreateAsync_TwoHundredTimes_LeavesNothing(CancellationToken cancellationToken)
    {
        using var provider = new DockerSandboxProvider { DefaultImage = BoxImage.Name };
        var mounts = Mounts();
        var source = Directory.CreateTempSubdirectory("source");
        var sign = $"sign-{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(Path.Combine(source.FullName, sign), "", cancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (i, token) =>
        {
            var spec = new SandboxSpec { DeploymentId = $"cycle-{i}", Disk = i % 4 == 0 ? 4 << 20 : null, Network = i % 8 == 0, Source = i % 2 == 0 ? Source.Directory(source.FullName) : null };
            await using var sandbox = await provider.CreateAsync(spec, token);
            await using var shell = await sandbox.OpenShellAsync(token);
            var result = await shell.RunAsync(new ShellCommand("sleep 1000 & true"), Mock.Of<IOutputWriter>(), token);
            Assert.That(result.Succeeded, Is.True);
        });

        var own = $"{ContainerPlan.OwnerLabel}={Owner.OfThisProcess()}";
        Assert.That(await ContainersAsync(own), Is.Empty);
        Assert.That(await VolumesAsync(own), Is.Empty);
        Assert.That(Mounts(), Is.EqualTo(mounts));
        Assert.That(Directory.GetDirectories(Path.GetTempPath(), "wercker-*").Where(directory => File.Exists(Path.Combine(directory, sign))), Is.Empty);
        source.Delete(recursive: true);
        Assert.That(Processes("sleep\01000\0"), Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task CreateAsync_AfterAKilledProcess_RemovesWhatItLeftAndNothingElse(CancellationToken cancellationToken)
    {
        using var killed = await StartVictimAsync(cancellationToken);
        using var living = await StartVictimAsync(cancellationToken);
        var (killedLabel, livingLabel) = (LabelPart(killed), LabelPart(living));
        killed.Kill();
        await killed.WaitForExitAsync(cancellationToken);
        Assert.That((await VictimsAsync()).Count(label => label.Contains(killedLabel, StringComparison.Ordinal)), Is.EqualTo(1), "it left its container");

        await using (await Box.OpenAsync())
        {
            var victims = await VictimsAsync();
            Assert.That(victims.Count(label => label.Contains(killedLabel, StringComparison.Ordinal)), Is.Zero);
            Assert.That(victims.Count(label => label.Contains(livingLabel, StringComparison.Ordinal)), Is.EqualTo(1));
        }

        living.Kill();
        await living.WaitForExitAsync(cancellationToken);
        await using (await Box.OpenAsync())
        {
            Assert.That(await VictimsAsync(), Is.Empty);
            Assert.That((await Engine.Client.Volumes.ListAsync(CancellationToken.None)).Volumes?.Count(volume => volume.Labels?.Values.Any(label => label.Contains(livingLabel, StringComparison.Ordinal)) == true) ?? 0, Is.Zero);
        }
    }

    [TestCase("machine;boot;pid:[1];11;500", "500", false, TestName = "IsDead_LivingProcess_False")]
    [TestCase("machine;boot;pid:[1];11;500", "700", true, TestName = "IsDead_ProcessIdUsedAgain_True")]
    [TestCase("machine;boot;pid:[1];11;500", null, true, TestName = "IsDead_NoSuchProcess_True")]
    [TestCase("machine;earlier;pid:[1];11;500", "500", true, TestName = "IsDead_MachineStartedAgain_True")]
    [TestCase("machine;boot;pid:[2];11;500", null, false, TestName = "IsDead_OtherNamespace_NobodyKnows")]
    [TestCase("other;earlier;pid:[1];11;500", null, false, TestName = "IsDead_OtherMachine_NobodyKnows")]
    public void IsDead_Label_SaysWhatIsCertain(string label, string? start, bool isDead) =>
        Assert.That(Owner.Parse(label)!.IsDead(Here, id => id == 11 ? start : null), Is.EqualTo(isDead));

    [TestCase("")]
    [TestCase("a;b;c")]
    [TestCase("a;b;c;x;e")]
    public void Parse_ForeignLabel_IsNull(string label) => Assert.That(Owner.Parse(label), Is.Null);

    private static async Task<Process> StartVictimAsync(CancellationToken cancellationToken)
    {
        var victim = Process.Start(new ProcessStartInfo("dotnet", [typeof(Victim).Assembly.Location]) { RedirectStandardOutput = true })!;
        Assert.That(await victim.StandardOutput.ReadLineAsync(cancellationToken), Is.EqualTo("ready"));
        return victim;
    }

    private static string LabelPart(Process process) => $";{process.Id.ToString(CultureInfo.InvariantCulture)};";

    private static async Task<List<string>> VictimsAsync() =>
        [.. (await ContainersAsync($"{ContainerPlan.DeploymentLabel}=victim")).Select(container => container.Labels[ContainerPlan.OwnerLabel])];

    private static async Task<IList<ContainerListResponse>> ContainersAsync(string label) =>
        await Engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter(label) });

    private static async Task<IList<VolumeResponse>> VolumesAsync(string label) =>
        (await Engine.Client.Volumes.ListAsync(new VolumesListParameters { Filters = Filter(label) })).Volumes ?? [];

    private static Dictionary<string, IDictionary<string, bool>> Filter(string label) => new() { ["label"] = new Dictionary<string, bool> { [label] = true } };

    private static int Mounts() => File.ReadLines("/proc/mounts").Count(line => line.Contains("/var/lib/docker/volumes/", StringComparison.Ordinal));

    private static List<string> Processes(string commandLine) =>
        [.. Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]) && CommandLine(path).Contains(commandLine, StringComparison.Ordinal))];

    private static string CommandLine(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
