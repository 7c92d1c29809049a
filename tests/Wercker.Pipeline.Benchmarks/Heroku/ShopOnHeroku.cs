using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;

namespace Wercker.Pipeline.Benchmarks.Heroku;

/// <summary>The app that is deployed, and a look at what became of it that neither contender has a part in.</summary>
internal sealed class ShopOnHeroku : IDisposable
{
    private readonly HttpClient _api;

    public ShopOnHeroku(LocalHerokuPlatform platform)
    {
        Platform = platform;
        _api = new HttpClient { BaseAddress = platform.ApiUrl };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.ApiKey);
        _api.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.heroku+json; version=3");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Heroku", "server.pl"), Path.Combine(Source, "server.pl"));
        File.WriteAllText(Path.Combine(Source, "Procfile"), "web: exec perl server.pl\n");
    }

    public LocalHerokuPlatform Platform { get; }

    public string Source { get; } = Directory.CreateTempSubdirectory("benchmark-heroku-").FullName;

    public Task WriteVersionAsync(string version) => File.WriteAllTextAsync(Path.Combine(Source, "version"), version + "\n");

    public async Task<int> CountReleasesAsync() => (await GetAsync("/apps/shop/releases")).AsArray().Count;

    /// <summary>Throws when the version is not live, was not released exactly once, or maintenance is still on.</summary>
    public async Task CheckAsync(string version, int releases)
    {
        Check(await CountReleasesAsync() == releases, "not released exactly once");
        Check(!(bool)(await GetAsync("/apps/shop"))["maintenance"]!, "maintenance is still on");
        Check((await _api.GetStringAsync(new UriBuilder(Platform.WebUrl) { Host = "127.0.0.1" }.Uri)).Contains(version, StringComparison.Ordinal), "another version answers");

        void Check(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"The deployment of {version} is not what it should be: {otherwise}.");
            }
        }
    }

    public void Dispose()
    {
        _api.Dispose();
        Directory.Delete(Source, recursive: true);
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _api.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
