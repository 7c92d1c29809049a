using Samples.CustomTarget;
using Wercker.Pipeline;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;

var work = Directory.CreateTempSubdirectory("custom-target-").FullName;
var source = Directory.CreateDirectory(Path.Combine(work, "source")).FullName;
var releases = Directory.CreateDirectory(Path.Combine(work, "releases")).FullName;
await File.WriteAllTextAsync(Path.Combine(source, "index.html"), "<h1>Hello</h1>");

// <use>
var settings = new TargetSettings { Name = "production", Provider = "folder", Options = { ["folder"] = releases } };
var pipeline = new DeployPipelineBuilder("shop")
    .UseTarget(settings, [new FolderTargetProvider()])
    .UseSandbox(new ProcessSandboxProvider())
    .AddWerckerFlow(flow =>
    {
        flow.WarmUp = TimeSpan.Zero;
        flow.PostDeployTest = [new WerckerCommand($"cd {releases} && grep Hello \"$(ls | tail -1)/index.html\"")];
    })
    .Build();
// </use>

var good = await pipeline.DeployAsync(new DeployRequest("shop", "v1") { Source = Source.Directory(source) });
Console.WriteLine(good.Summary);

await File.WriteAllTextAsync(Path.Combine(source, "index.html"), string.Empty);
var bad = await pipeline.DeployAsync(new DeployRequest("shop", "v2") { Source = Source.Directory(source) });
Console.WriteLine(bad.Summary);

var left = Directory.GetDirectories(releases).Select(Path.GetFileName).ToArray();
Console.WriteLine($"The folder holds {string.Join(", ", left)}.");
Directory.Delete(work, recursive: true);
return good.Status == DeployStatus.Succeeded && bad.Restore == RestoreStatus.Restored && left.SequenceEqual([good.Id]) ? 0 : 1;
