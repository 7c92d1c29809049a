using System.Diagnostics.CodeAnalysis;

namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>Where carbon receives, and in which of its protocols.</summary>
internal sealed record CarbonAddress(string Host, int Port, bool IsPickle)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out CarbonAddress? address)
    {
        address = null;
        text = text.Trim();
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"tcp://{text}", UriKind.Absolute, out var url)
            || url.Scheme is not ("tcp" or "pickle") || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.PathAndQuery.Trim('/').Length > 0)
        {
            return false;
        }

        var pickle = url.Scheme == "pickle";
        address = new CarbonAddress(url.IdnHost, url.Port > 0 ? url.Port : pickle ? 2004 : 2003, pickle);
        return true;
    }
}
