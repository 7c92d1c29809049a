namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>
/// Which release is live on which host, in one word that a journal can keep: the release of most hosts, then those that differ,
/// "a;b@web3,web4;-@web5". "-" stands for none, "?" for a host that was not seen.
/// </summary>
internal static class ReleaseMap
{
    public const string None = "-";
    public const string Unseen = "?";

    public static string Format(IReadOnlyList<(string Host, string Release)> hosts)
    {
        var groups = hosts.GroupBy(one => one.Release, one => one.Host).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToArray();
        return string.Join(';', groups.Select((group, i) => i == 0 ? group.Key : $"{group.Key}@{string.Join(',', group)}"));
    }

    /// <summary>Reads a map for many hosts.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string map, IEnumerable<string> hosts)
    {
        var parts = map.Split(';');
        var releases = hosts.ToDictionary(host => host, _ => parts[0], StringComparer.Ordinal);
        foreach (var part in parts.Skip(1).Select(part => part.Split('@', 2)).Where(part => part.Length == 2))
        {
            foreach (var host in part[1].Split(',').Where(releases.ContainsKey))
            {
                releases[host] = part[0];
            }
        }

        return releases;
    }
}
