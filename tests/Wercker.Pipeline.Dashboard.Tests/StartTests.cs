using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Tests;

public class StartTests
{
    private static IDeploymentStore Store => Mock.Of<IDeploymentStore>();

    [Test]
    public void Map_NoPolicyNamed_IsRefusedWithWhatToWrite() => Assert.That(
        () => Map(options => options.AddProject("shop", Store)),
        Throws.InstanceOf<ConfigurationException>().With.Message.Contains("o.ReadPolicy").And.Message.Contains("it is not served"));

    [TestCase("read", null, "ReadPolicy")]
    [TestCase("known", "operate", "OperatePolicy")]
    public void Map_PolicyOfNobody_IsNamed(string read, string? operate, string setting) => Assert.That(
        () => Map(options =>
        {
            (options.ReadPolicy, options.OperatePolicy) = (read, operate);
            options.AddProject("shop", Store);
        }),
        Throws.InstanceOf<ConfigurationException>().With.Message.Contains(setting).And.Message.Contains("no such policy"));

    [Test]
    public void Map_NoProject_IsRefused() => Assert.That(() => Map(options => options.ReadPolicy = "known"), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("AddProject"));

    [Test]
    public void Map_TwoProjectsOfOneName_AreRefused() => Assert.That(
        () => Map(options =>
        {
            options.ReadPolicy = "known";
            options.AddProject("shop", Store).AddProject("shop", Store);
        }),
        Throws.InstanceOf<ConfigurationException>().With.Message.Contains("two projects 'shop'"));

    [Test]
    public void Map_NotAdded_SaysWhatIsMissing()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        var app = builder.Build();
        Assert.That(() => app.MapWerckerDashboard(), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("AddWerckerDashboard"));
    }

    [TestCase("")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("a b")]
    [TestCase("<b>")]
    public void AddProject_NameThatCannotStandInAnAddress_IsRefused(string name) =>
        Assert.That(() => new DashboardOptions().AddProject(name, Store), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("stands in addresses"));

    [Test]
    public void AddTarget_Twice_IsRefused() => Assert.That(
        () => Map(options =>
        {
            options.ReadPolicy = "known";
            options.AddProject("shop", Store, project => project.AddTarget("production").AddTarget("production"));
        }),
        Throws.InstanceOf<ConfigurationException>().With.Message.Contains("two targets 'production'"));

    private static void Map(Action<DashboardOptions> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting().AddAuthorization(options => options.AddPolicy("known", policy => policy.RequireAuthenticatedUser()));
        builder.Services.AddWerckerDashboard(configure);
        builder.Build().MapWerckerDashboard();
    }
}
