namespace Wercker.Pipeline.Ssh.Tests.Releases;

public class MaintenanceTests
{
    [Test]
    public async Task Set_WithAPage_IsALinkToItOnEveryHost()
    {
        await using var servers = new Servers(2);
        servers.Options = servers.Options with { MaintenanceFile = "public/maintenance.html", MaintenancePage = "shared/soon.html" };
        foreach (var i in new[] { 0, 1 })
        {
            servers.WriteOn(i, "shared/soon.html", "soon");
        }

        var (before, on, page, off) = await servers.AskAsync(async (target, context, token) =>
        {
            var was = await target.GetMaintenanceAsync(context, token);
            await target.SetMaintenanceAsync(context, true, token);
            var (isOn, text) = (await target.GetMaintenanceAsync(context, token), servers.Read("public/maintenance.html", 1));
            await target.SetMaintenanceAsync(context, false, token);
            return (was, isOn, text, await target.GetMaintenanceAsync(context, token));
        });

        Assert.That((before, on, page, off), Is.EqualTo((false, true, "soon", false)));
        Assert.That(servers.Read("shared/soon.html"), Is.EqualTo("soon"));
    }

    [Test]
    public async Task Get_HostsThatDoNotAgree_IsAnError()
    {
        await using var servers = new Servers(2);
        servers.WriteOn(1, "maintenance", string.Empty);

        Assert.That(
            async () => await servers.AskAsync((target, context, token) => target.GetMaintenanceAsync(context, token)),
            Throws.InstanceOf<SshException>().With.Message.Contains("maintenance is on for h2 and off for others"));
    }
}
