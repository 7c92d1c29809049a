using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using Wercker.Pipeline.Notifications;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Notifications;

namespace Wercker.Pipeline.Mail.Tests;

/// <summary>What a mail server gets, and what is done when it does not take it.</summary>
public sealed class MailNotifierTests
{
    private static readonly Secret Password = new(MailServer.Password);

    [Test]
    public async Task NotifyAsync_FailedDeployment_SaysWhatAndWhyWithTheReport()
    {
        await using var server = new MailServer();

        await Notifier(server).NotifyAsync(Failed(), default);

        var mail = server.Mails.Single();
        Assert.That(mail.Subject, Does.StartWith("Failed to deploy shop a1b2c3d"));
        Assert.That((mail.From.ToString(), mail.To.ToString()), Is.EqualTo(("\"Deployments\" <deploy@example.org>", "ann@example.org, \"Bob\" <bob@example.org>")));
        Assert.That((mail.MessageId, mail.References.Single()), Is.EqualTo(("r1-9@example.org", $"{Failed().Report.Id}@example.org")));
        Assert.That(mail.TextBody, Does.Contain("Root cause: Push: exit code 3").And.Contain("State of the target: "));
        var report = mail.Attachments.OfType<MimePart>().Single();
        Assert.That((report.FileName, report.ContentType.MimeType), Is.EqualTo(("report.html", "text/html")));
    }

    [Test]
    public async Task NotifyAsync_TextsWithLineEnds_AddNoHeader()
    {
        await using var server = new MailServer();
        var report = Failed().Report with { Summary = "Failed.\r\nBcc: eve@example.org\r\n\r\nbody" };

        await Notifier(server).NotifyAsync(Failed() with { Report = report }, default);

        var mail = server.Mails.Single();
        Assert.That(mail.Bcc, Is.Empty);
        Assert.That(mail.Subject, Does.Contain("Bcc: eve@example.org"));
    }

    [Test]
    public async Task NotifyAsync_ServerSaysLater_IsAskedAgain()
    {
        await using var server = new MailServer(laterTimes: 2);

        await Notifier(server, clock: new HastyClock()).NotifyAsync(Failed(), default);

        Assert.That(server.Mails, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task NotifyAsync_WrongPassword_SaysSoOnceWithoutIt()
    {
        await using var server = new MailServer();
        var notifier = Notifier(server, password: new Secret("wrong horse"));

        var refusal = await Assert.ThrowsAsync<IOException>(async () => await notifier.NotifyAsync(Failed(), default));

        Assert.That(refusal!.ToString(), Does.Contain($"127.0.0.1:{server.Port} did not take the mail").And.Not.Contain("wrong horse"));
    }

    [Test]
    public void NotifyAsync_NobodyListens_NamesTheServer()
    {
        var notifier = new MailNotifier(new MailNotifierOptions { Host = "127.0.0.1", Port = 1, Security = MailSecurity.None, From = "deploy@example.org", To = ["ann@example.org"] }, new HastyClock());

        Assert.That(async () => await notifier.NotifyAsync(Failed(), default), Throws.InstanceOf<IOException>().With.Message.Contains("127.0.0.1:1 did not take the mail"));
    }

    [Test]
    public async Task NotifyAsync_CertificateOfNobody_IsRefusedBeforeAnythingIsSaid()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = new MailServer(certificate);
        var notifier = Notifier(server, MailSecurity.StartTls);

        Assert.That(async () => await notifier.NotifyAsync(Failed(), default), Throws.InstanceOf<IOException>().With.Message.Contains("certificate").IgnoreCase);
        Assert.That(server.Mails, Is.Empty);
    }

    [Test]
    public async Task NotifyAsync_ServerWithoutStartTls_IsRefused()
    {
        await using var server = new MailServer();

        Assert.That(async () => await Notifier(server, MailSecurity.StartTls).NotifyAsync(Failed(), default), Throws.InstanceOf<IOException>().With.Message.Contains("STARTTLS"));
        Assert.That(server.Mails, Is.Empty);
    }

    [Test]
    public void Options_Wrong_SayWhatToDo()
    {
        var right = new MailNotifierOptions { Host = "smtp.example.org", From = "deploy@example.org", To = ["ann@example.org"] };

        Assert.Multiple(() =>
        {
            Assert.That(() => new MailNotifier(right with { From = "nobody" }), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("'nobody' is no mail address for the sender"));
            Assert.That(() => new MailNotifier(right with { To = [] }), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("name one at least"));
            Assert.That(() => new MailNotifier(right with { User = "deploy" }), Throws.InstanceOf<ConfigurationException>().With.Message.Contains("name both, or none"));
            Assert.That(
                () => new MailNotifier(right with { User = "deploy", Password = Password, Security = MailSecurity.None }),
                Throws.InstanceOf<ConfigurationException>().With.Message.Contains("in the clear"));
        });
    }

    private static MailNotifier Notifier(MailServer server, MailSecurity security = MailSecurity.None, Secret? password = null, TimeProvider? clock = null) => new(
        new MailNotifierOptions
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Security = security,
            User = MailServer.User,
            Password = password ?? Password,
            From = "Deployments <deploy@example.org>",
            To = ["ann@example.org", "Bob <bob@example.org>"],
        },
        clock);

    private static DeployNotification Failed()
    {
        var report = new DeployPipelineBuilder("p").AddStep("Push", (_, _) => new(StepResult.Failed("exit code 3"))).Build().DeployAsync(new DeployRequest("shop", "a1b2c3d") { Id = "r1" }).GetAwaiter().GetResult();
        return new DeployNotification("r1-9", DeployEventKind.DeploymentFinished, report);
    }
}
