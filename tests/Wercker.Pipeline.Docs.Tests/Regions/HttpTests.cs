namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/http-test.md; planned by HttpTestTests.</summary>
internal static class HttpTests
{
    public static void Flow(DeployPipelineBuilder builder)
    {
        // <flow>
        builder.AddWerckerFlow(flow => flow
            .HttpTest(test => test
                .Get("https://shop.example.com/health")
                .VersionInHeader("X-Version")
                .ExpectJson("status", "ok")
                .ExpectJson("queue.length", length => length.GetInt32() < 100)
                .ExpectLatency(TimeSpan.FromMilliseconds(800))
                .ExpectCertificate(TimeSpan.FromDays(14))));
        // </flow>
    }

    public static void Step(DeployPipelineBuilder builder, string url)
    {
        // <step>
        builder.AddHttpTest("Smoke", test => test
            .Get(url)
            .VersionInJson("build.commit", path: "/version")
            .ExpectVersion("$WERCKER_GIT_COMMIT")
            .ExpectText("welcome")
            .Passes(5, tries: 20)
            .Every(TimeSpan.FromSeconds(1)));
        // </step>
    }
}
