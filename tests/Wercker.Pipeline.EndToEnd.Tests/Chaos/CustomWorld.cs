using System.Text.Json.Nodes;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>A custom target: a file is the world, and for a while it is neither the old nor the new one.</summary>
internal sealed class CustomWorld : ChaosWorld
{
    public override Workspace Work { get; } = new();

    public override ValueTask DisposeAsync()
    {
        Work.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task PrepareAsync(Random random, bool mustFail)
    {
        var world = Work.Out("world");
        await File.WriteAllTextAsync(world, Old);
        Work.Config(new JsonObject
        {
            ["pre-deploy"] = new JsonArray(Trace("pre")),
            ["deploy"] = new JsonArray($"echo half > {world}; {Trace("push")}; echo {New} > {world}"),
            ["post-deploy"] = new JsonArray(Trace("post")),
            ["post-deploy test"] = new JsonArray($"sleep 0.1; grep -q {Expected(mustFail)} {world}"),
            ["targets"] = new JsonObject { ["live"] = new JsonObject { ["rollback"] = new JsonArray($"sleep 0.1; echo {Old} > {world}") } },
        }.ToJsonString());
    }

    protected override async Task<string> GetLiveAsync() => (await File.ReadAllTextAsync(Work.Out("world"))).Trim();

    protected override Task VerifyTargetAsync() => Task.CompletedTask;
}
