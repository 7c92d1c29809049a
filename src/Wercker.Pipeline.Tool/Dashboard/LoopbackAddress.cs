using System.Net;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Where the dashboard of the tool may listen: on this machine, and nowhere else.</summary>
/// <param name="Address">The address; null for both that "localhost" stands for.</param>
/// <param name="Port">The port; 0 for one that is free.</param>
internal sealed record LoopbackAddress(IPAddress? Address, int Port)
{
    /// <summary>Reads --urls: addresses, separated by ';'.</summary>
    /// <exception cref="ConfigurationException">One of them is none, or can be reached from elsewhere.</exception>
    public static IReadOnlyList<LoopbackAddress> Parse(string urls)
    {
        var texts = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return texts.Length > 0 ? [.. texts.Select(ParseOne)] : throw new ConfigurationException("--urls: name an address, such as http://127.0.0.1:5080.");
    }

    /// <summary>True for the names of this machine that a browser may use. Any other one is somebody's who wants our pages to count as his.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static LoopbackAddress ParseOne(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.PathAndQuery != "/")
        {
            throw new ConfigurationException($"--urls: '{ConsoleText.CleanLine(text)}' is no address such as http://127.0.0.1:5080.");
        }

        if (!IsLoopback(url.Host))
        {
            throw new ConfigurationException(
                $"--urls: {ConsoleText.CleanLine(text)} can be reached from other machines, and the link that 'wercker dashboard' prints is no protection there. "
                + "Listen on 127.0.0.1, or put the dashboard into an application of your own with its sign-in and policies: see docs/dashboard.md.");
        }

        if (url.Scheme == "https")
        {
            throw new ConfigurationException($"--urls: {ConsoleText.CleanLine(text)}: nothing leaves this machine, so the dashboard speaks http here. Write http://.");
        }

        // The server wants a fixed port where one name stands for two addresses.
        var isName = !IPAddress.TryParse(url.Host.Trim('[', ']'), out var address);
        return isName && url.Port != 0 ? new LoopbackAddress(null, url.Port) : new LoopbackAddress(isName ? IPAddress.Loopback : address, url.Port);
    }
}
