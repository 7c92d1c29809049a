using Wercker.Pipeline.Http;

namespace Wercker.Pipeline.Tests.Http;

public sealed class CertificateTests
{
    // Chains are checked by the system's clock, so this one has to show it.
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static async Task<StepReport> AskAsync(TimeSpan from, TimeSpan until, Func<HttpTest, HttpTest> configure, bool trust = true)
    {
        using var certificate = LocalSite.Certificate(Now + from, Now + until);
        await using var site = await LocalSite.StartAsync(
            context =>
            {
                context.Response.Headers["X-Version"] = "2";
                return Task.CompletedTask;
            },
            certificate);
        return await HttpTestRunner.RunAsync(
            test => configure(trust ? test.TrustOnly(certificate) : test).Get(site.Url).VersionInHeader("X-Version").Passes(1, 1).Grace(TimeSpan.Zero), clock: TimeProvider.System);
    }

    [TestCase(30, ExpectedResult = StepStatus.Succeeded)]
    [TestCase(13, ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> ExpectCertificate_ValidForSomeDays_MustBeFourteen(int days) =>
        (await AskAsync(TimeSpan.FromDays(-1), TimeSpan.FromDays(days), test => test.ExpectCertificate(TimeSpan.FromDays(14)))).Status;

    [Test]
    public async Task ExpectCertificate_EndsSoon_SaysWhen() => Assert.That(
        (await AskAsync(TimeSpan.FromDays(-1), TimeSpan.FromDays(2), test => test.ExpectCertificate(TimeSpan.FromDays(14)))).Message,
        Does.Contain($"the certificate ends {(Now + TimeSpan.FromDays(2)).UtcDateTime:yyyy-MM-dd HH:mm} UTC"));

    [Test]
    public async Task Certificate_OfNobodyTrusted_IsNotAccepted() => Assert.That(
        (await AskAsync(TimeSpan.FromDays(-1), TimeSpan.FromDays(30), test => test, trust: false)).Message, Does.Contain("the certificate is not accepted (UntrustedRoot)").Or.Contain("PartialChain"));

    [Test]
    public async Task Certificate_Expired_IsNotAccepted() => Assert.That(
        (await AskAsync(TimeSpan.FromDays(-30), TimeSpan.FromDays(-1), test => test)).Message, Does.Contain("the certificate is not accepted (NotTimeValid)"));
}
