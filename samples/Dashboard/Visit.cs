using System.Text.Json;

namespace Samples.Dashboard;

/// <summary>Asks a dashboard as a program would.</summary>
internal static class Visit
{
    public static async Task PrintAsync(Uri address)
    {
        // A visitor whom nobody knows is sent to the sign-in. Cookies are kept by the handler.
        using var browser = new HttpClient { BaseAddress = address };
        using (var page = await browser.GetAsync("/sign-in?name=ann"))
        {
            Console.WriteLine($"{page.RequestMessage!.RequestUri!.AbsolutePath}: {(int)page.StatusCode}");
            page.EnsureSuccessStatusCode();
        }

        using var list = JsonDocument.Parse(await browser.GetStringAsync("/deploys/api/projects/shop"));
        foreach (var deployment in list.RootElement.GetProperty("deployments").EnumerateArray())
        {
            Console.WriteLine($"{deployment.GetProperty("app")} {deployment.GetProperty("revision")} to {deployment.GetProperty("target")}: {deployment.GetProperty("status")}");
        }

        Console.WriteLine(await browser.GetStringAsync("/deploys/cctray.xml"));
    }
}
