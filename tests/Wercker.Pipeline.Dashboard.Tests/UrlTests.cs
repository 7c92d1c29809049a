namespace Wercker.Pipeline.Dashboard.Tests;

public class UrlTests
{
    [TestCase("", "/", "/api/projects")]
    [TestCase("/deploys", "/deploys", "/deploys/api/projects")]
    [TestCase("/deploys", "/deploys/admin", "/deploys/api/admin")]
    [TestCase("", "/projects/shop/audit?before=3", "/api/projects/shop/audit?before=3")]
    public void Api_OfAPage_IsItsTwin(string root, string page, string api) => Assert.That(new DashboardUrls(root).Api(page), Is.EqualTo(api));

    [Test]
    public void Api_OfSomethingElse_IsRefused() => Assert.That(() => new DashboardUrls("/deploys").Api("/elsewhere"), Throws.ArgumentException);

    [Test]
    public void Addresses_OfNamesWithOddCharacters_AreEscaped()
    {
        var urls = new DashboardUrls("/deploys");
        Assert.That(urls.Target("shop", "eu/pro & <b>"), Is.EqualTo("/deploys/projects/shop/targets/eu%2Fpro%20%26%20%3Cb%3E"));
        Assert.That(urls.Live("shop", "d1", "1-2"), Is.EqualTo("/deploys/api/projects/shop/deployments/d1/live?after=1-2"));
        Assert.That(urls.Deployments("shop", new() { Text = "a&b", Status = DeployStatus.Failed, Since = new DateOnly(2013, 4, 19) }), Is.EqualTo("/deploys/projects/shop?q=a%26b&status=failed&since=2013-04-19"));
    }
}
