using System.Globalization;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Ssh.Tests.Dokku;

[CancelAfter(180_000)]
public sealed class DokkuLogTests
{
    [Test]
    public async Task Source_OfAnApp_KeepsTheContract(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var contract = new LogSourceContract(
            (entries, _) =>
            {
                // As docker-local prints it: time and process in the color of the process.
                shop.Server.SetState("shop.log", string.Concat(entries.Select(entry =>
                    $"\u001b[36m{entry.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", CultureInfo.InvariantCulture)} app[web.1]:\u001b[0m {entry.Message}\n")));
                return ValueTask.FromResult<ILogSource>(new DokkuLogSource(shop.Options));
            },
            _ => ValueTask.FromResult<ILogSource>(new DokkuLogSource(shop.Options with { App = "nothing" })));

        await contract.Rules.VerifyAllAsync(cancellationToken);
    }

    [Test]
    public void Parse_LineWithoutATime_IsNoSilence() => Assert.That(() => DokkuLogSource.Parse("shop is not running").ToList(), Throws.TypeOf<FormatException>().With.Message.Contains("shop is not running"));
}
