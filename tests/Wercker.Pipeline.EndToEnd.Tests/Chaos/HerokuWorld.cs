using System.Text.Json.Nodes;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>An app on the local platform, which lives on while the tool is killed: by all three transports, with maintenance found on or off.</summary>
internal sealed class HerokuWorld : ChaosWorld
{
    private static readonly string[] Transports = ["https", "build-api", "ssh"];
    private readonly HerokuShop _shop;
    private bool _foundOn;

    private HerokuWorld(HerokuShop shop)
    {
        _shop = shop;
        Store = new ChaosStore(shop.Work);
        _shop.Target["rateLimitPatienceSeconds"] = 30;
    }

    public override Workspace Work => _shop.Work;

    public override ChaosStore Store { get; }

    public HerokuShop Shop => _shop;

    public static async Task<HerokuWorld> StartAsync() => new(await HerokuShop.StartAsync("web: exec perl server.pl\n", ssh: true, Name(0)));

    public override ValueTask DisposeAsync() => _shop.DisposeAsync();

    protected override async Task PrepareAsync(Random random, bool mustFail)
    {
        _foundOn = random.Next(4) == 0;
        _shop.UseTransport(Transports[random.Next(Transports.Length)]);
        _shop.Faults.BuildDelay = TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 0 : random.Next(2000));
        await _shop.SetMaintenanceAsync(_foundOn);
        Work.File("version.txt", New + "\n");

        // Behind maintenance that was found on, nobody sees a page.
        var page = $"curl --silent --fail $URL | grep {Expected(mustFail)}";
        _shop.Config["pre-deploy"] = new JsonArray(Trace("pre"));
        _shop.Config["post-deploy"] = new JsonArray(Trace("post"));
        _shop.Config["post-deploy test"] = new JsonArray(_foundOn ? mustFail ? "test -n \"$WERCKER_ROLLED_BACK\"" : "true" : page);
        Work.Config(_shop.Config.ToJsonString());
    }

    protected override async Task<string> GetLiveAsync()
    {
        Assert.That(await _shop.IsInMaintenanceAsync(), Is.EqualTo(_foundOn), "maintenance is as it was found");
        await _shop.SetMaintenanceAsync(false);
        return await _shop.GetPageAsync();
    }

    protected override async Task VerifyTargetAsync()
    {
        Assert.That(await _shop.CountKeysAsync(), Is.Zero, "keys");
        var builds = (await _shop.GetAsync("/apps/shop/builds")).AsArray();
        Assert.That(builds.Select(build => (string?)build!["status"]), Has.None.EqualTo("pending"), "a build that may land later");
    }
}
