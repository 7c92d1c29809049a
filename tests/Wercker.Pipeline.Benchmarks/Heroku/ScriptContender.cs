using System.Diagnostics;

namespace Wercker.Pipeline.Benchmarks.Heroku;

/// <summary>The same by hand: deploy.sh.</summary>
internal sealed class ScriptContender(ShopOnHeroku shop) : IContender
{
    public string Name => "script";

    public async Task DeployAsync(string version)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "Heroku", "deploy.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["API"] = shop.Platform.ApiUrl.ToString().TrimEnd('/'),
            ["HEROKU_KEY"] = shop.Platform.ApiKey,
            ["APP"] = "shop",
            ["GIT_URL"] = shop.Platform.GitUrl.ToString(),
            ["CA"] = shop.Platform.CaFile,
            ["URL"] = shop.Platform.WebUrl.ToString(),
            ["SOURCE"] = shop.Source,
            ["VERSION"] = version,
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"deploy.sh ended with exit code {process.ExitCode}:\n{await output}\n{await errors}");
        }
    }
}
