using System.Text.Json.Nodes;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>A custom target: a file is the world, and for a while it is neither the old nor the new one.</summary>
internal sealed class CustomWorld : ChaosWorld
{
    private CustomWorld(Workspace work, ChaosStore store) => (Work, Store) = (work, store);

    public override Workspace Work { get; }

    public override ChaosStore Store { get; }

    public static async Task<ChaosWorld> StartAsync(Func<Workspace, Task<ChaosStore>> open)
    {
        var work = new Workspace();
        return new CustomWorld(work, await open(work));
    }

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Work.Dispose();
    }

    protected override async Task PrepareAsync(Random random, bool mustFail)
    {
        var world = Work.Out("world");
        await File.WriteAllTextAsync(world, Old);

        // A test that would not notice the old version must not be what saves a resumed deployment.
        var test = mustFail || random.Next(2) == 0 ? $"sleep 0.1; grep -q {Expected(mustFail)} {world}" : "sleep 0.1";
        Work.Config(new JsonObject
        {
            ["pre-deploy"] = new JsonArray(Trace("pre")),
            ["deploy"] = new JsonArray($"echo half > {world}; {Trace("push")}; echo {New} > {world}"),
            ["post-deploy"] = new JsonArray(Trace("post")),
            ["post-deploy test"] = new JsonArray(test),
            ["targets"] = new JsonObject { ["live"] = new JsonObject { ["rollback"] = new JsonArray($"sleep 0.1; echo {Old} > {world}") } },
        }.ToJsonString());
    }

    protected override async Task<string> GetLiveAsync() => (await File.ReadAllTextAsync(Work.Out("world"))).Trim();

    protected override Task VerifyTargetAsync() => Task.CompletedTask;
}
