using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>
/// The ways in which "deployed" is said of what is not, each scripted on the local platform and met by the real tool: none ends as a
/// success, maintenance is as it was found, and the key is nowhere.
/// </summary>
public sealed class HerokuFailureTests
{
    private static readonly Shape[] Shapes =
    [
        // Before anything is touched.
        new("wrong-key", "does not accept the API key") { Change = shop => shop.Work.Variable("HEROKU_KEY", "HRKU-wrong-0815") },
        new("missing-app", "There is no app gone-away") { Change = shop => shop.Target["app"] = "gone-away" },
        new("suspended", "is suspended") { Spoil = faults => faults.SuspendAccount = true },
        new("two-factor", "second factor") { Spoil = faults => faults.RequireTwoFactor = true },
        new("rate-limit", "rate limit") { Spoil = faults => faults.RateLimitRequests = -1 },
        new("api-down", "answered 500", "Request-Id") { Spoil = faults => faults.FailRequests = -1 },
        new("no-git-repository", "could not be reached", "503") { Spoil = faults => faults.FailGitRequests = -1 },
        new("repository-of-nobody", "there is no repository") { Change = shop => shop.Target["gitUrl"] = ((string)shop.Target["gitUrl"]!).Replace("shop.git", "nobody.git", StringComparison.Ordinal) },

        // Maintenance and the commands before the push.
        new("delinquent", "answered 402") { Spoil = faults => faults.DelinquentAccount = true },
        new("maintenance-ignored", "it is still off") { Spoil = faults => faults.IgnoreMaintenance = 1 },
        new("pre-deploy-fails", "exit code 3") { Change = shop => shop.Config["pre-deploy"] = new JsonArray("exit 3") },
        new("pre-deploy-set-e", "exit code 1") { Change = shop => shop.Config["pre-deploy"] = new JsonArray("set -e; false; true") },
        new("pre-deploy-unknown", "exit code 127") { Change = shop => shop.Config["pre-deploy"] = new JsonArray("yolo") },
        new("pre-deploy-fails-found-on", "exit code 3") { Change = shop => shop.Config["pre-deploy"] = new JsonArray("exit 3"), FoundOn = true },
        new("rendezvous-dropped", "closed before the exit code came") { Spoil = faults => faults.DropRendezvous = 1 },
        new("rendezvous-refused", "before the dyno greeted") { Spoil = faults => faults.RefuseRendezvous = 1 },
        new("dyno-answer-lost", "so it was not asked for again") { Spoil = faults => (faults.RequestFilter, faults.LoseAnswers) = ("/dynos", 1) },
        new("dyno-conflict", "answered 409") { Spoil = faults => faults.ConflictDynos = -1 },

        // The push: a build, a release, dynos.
        new("build-fails", "the build failed") { Spoil = faults => faults.FailBuilds = 1 },
        new("build-fails-api", "the build failed") { Spoil = faults => faults.FailBuilds = 1, Change = BuildApi },
        new("build-hangs-api", "did not end within 2 seconds") { Spoil = faults => faults.HangBuilds = 1, Change = shop => BuildApi(shop, "buildTimeoutSeconds", 2) },
        new("build-refused", "is unknown, so it was not asked for again") { Spoil = faults => (faults.RequestFilter, faults.FailRequests) = ("/builds", 1), Change = BuildApi },
        new("build-fails-found-on", "the build failed") { Spoil = faults => faults.FailBuilds = 1, FoundOn = true },
        new("release-phase-fails", "its release phase did not succeed") { Spoil = faults => faults.FailReleasePhases = 1 },
        new("release-phase-fails-api", "its release phase did not succeed") { Spoil = faults => faults.FailReleasePhases = 1, Change = BuildApi },
        new("release-phase-hangs", "is still pending", "may become live after this undo") { Spoil = faults => faults.HangReleasePhases = 1, Change = shop => BuildApi(shop, "releaseTimeoutSeconds", 2), ExitCode = 3 },
        new("push-cut-and-release-failed", "its release phase did not succeed") { Spoil = faults => (faults.CutPushes, faults.FailReleasePhases) = (1, 1) },
        new("release-not-current", "is live: somebody released something else") { Spoil = faults => faults.ReleasesNotCurrent = 1 },
        new("dyno-crashes", "web.1 crashed") { Spoil = faults => faults.CrashDynos = 1 },
        new("dyno-stuck", "the dynos are not up after 2 seconds") { Spoil = faults => faults.StuckDynos = 1, Change = shop => shop.Target["dynoTimeoutSeconds"] = 2 },
        new("worker-crashes-later", "worker.1 crashed") { Change = shop => shop.Work.File("Procfile", "web: exec perl server.pl\nworker: sleep 0.2; exit 1\n") },

        // After the push: the new version is there, and has to go.
        new("post-deploy-fails", "exit code 4") { Change = shop => shop.Config["post-deploy"] = new JsonArray("exit 4") },
        new("restart-ignored", "only the dynos of before") { Spoil = faults => faults.IgnoreRestarts = 1, Change = shop => shop.Target["dynoTimeoutSeconds"] = 2 },
        new("wrong-page", "PostDeployTest", "put back") { Change = shop => shop.Work.File("version.txt", "broken\n") },
        new("router-times-out", "PostDeployTest") { Spoil = faults => faults.TimeOutRequests = 1 },

        // And the way back is blocked, or was never there.
        new("no-way-back", "the roll back to v3 did not work") { Change = shop => shop.Work.File("version.txt", "broken\n"), Old = OnceOnly, ExitCode = 3, Page = null },
        new("first-deployment", "PostDeployTest") { Change = shop => shop.Work.File("version.txt", "broken\n"), Old = null, Page = null },
    ];

    // A release phase that succeeds once: a roll back to it fails. The directory is the dyno's parent, which all dynos share.
    private const string OnceOnly = "web: exec perl server.pl\nrelease: mkdir ../once\n";

    private static IEnumerable<TestCaseData> Cases => Shapes.Select(shape => new TestCaseData(shape).SetArgDisplayNames(shape.Name));

    [TestCaseSource(nameof(Cases))]
    public async Task Deploy_Shape_IsNoSuccessAndLeavesNoTrace(object data)
    {
        var shape = (Shape)data;
        await using var shop = await HerokuShop.StartAsync(shape.Old);
        await shop.SetMaintenanceAsync(shape.FoundOn);
        shape.Change(shop);
        shape.Spoil(shop.Faults);

        var result = await shop.DeployAsync();

        shop.Faults.Clear();
        Assert.That(result.ExitCode, Is.EqualTo(shape.ExitCode), result.ToString());
        Assert.That(shape.Words.Where(word => !(result.Output + result.Error).Contains(word, StringComparison.Ordinal)), Is.Empty, result.ToString());
        Assert.That((string?)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(shop.Work.Out("report"), "report.json")))!["status"], Is.Not.EqualTo("succeeded"));
        Assert.That(await shop.IsInMaintenanceAsync(), Is.EqualTo(shape.FoundOn), "maintenance is as it was found");
        Assert.That(shop.PlacesOfTheKey(result), Is.Empty);
        if (shape.Page is { } page)
        {
            await shop.SetMaintenanceAsync(false);
            Assert.That(await shop.GetPageAsync(), Is.EqualTo(page), "what visitors see");
        }
    }

    private static void BuildApi(HerokuShop shop) => shop.Target["transport"] = "build-api";

    private static void BuildApi(HerokuShop shop, string setting, int value)
    {
        BuildApi(shop);
        shop.Target[setting] = value;
    }

    private sealed record Shape(string Name, params string[] Words)
    {
        public Action<LocalHerokuFaults> Spoil { get; init; } = static _ => { };

        public Action<HerokuShop> Change { get; init; } = static _ => { };

        public bool FoundOn { get; init; }

        public string? Old { get; init; } = "web: exec perl server.pl\n";

        public string? Page { get; init; } = "old";

        public int ExitCode { get; init; } = 1;
    }
}
