using Microsoft.Extensions.Hosting;
using Samples.Dashboard;
using Wercker.Pipeline.Sqlite;

// Serves a dashboard on loopback and deploys something to look at. With --once it asks its own dashboard what it shows, and ends.
var once = args.Contains("--once");
var directory = Directory.CreateTempSubdirectory("dashboard-").FullName;
try
{
    await using var store = new SqliteStore(Path.Combine(directory, "wercker.db"));
    await using var app = ShopHost.Build(store, once ? "http://127.0.0.1:0" : "http://127.0.0.1:5080");
    await app.StartAsync();
    var address = app.Urls.First();
    var shop = new ShopDeployment(store, directory);
    if (once)
    {
        await shop.RunAsync(TimeSpan.Zero);
        await Visit.PrintAsync(new Uri(address));
        await app.StopAsync();
        return 0;
    }

    Console.WriteLine($"Open {address}/sign-in?name=ann");
    await shop.RunAsync(TimeSpan.FromMinutes(1));
    await app.WaitForShutdownAsync();
    return 0;
}
finally
{
    Directory.Delete(directory, true);
}
