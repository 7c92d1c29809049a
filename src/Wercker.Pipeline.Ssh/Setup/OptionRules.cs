using System.Buffers;

namespace Wercker.Pipeline.Ssh.Setup;

/// <summary>What settings must be before anybody is contacted.</summary>
internal static class OptionRules
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(" ,;@\t\n|");

    /// <exception cref="ConfigurationException">A setting makes no sense.</exception>
    public static void Check(SshOptions options)
    {
        if (options.Hosts.Count == 0)
        {
            throw new ConfigurationException("There are no hosts. Name at least one.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in options.Hosts)
        {
            if (host.Name.AsSpan().IndexOfAny(Separators) >= 0 || host.Name.Length == 0)
            {
                throw new ConfigurationException($"The host name '{host.Name}' must be one word without , ; @ and |.");
            }

            if (host.Address.StartsWith('-') || host.Address.Length == 0)
            {
                throw new ConfigurationException($"The address '{host.Address}' of host {host.Name} is none.");
            }

            if (!names.Add(host.Name))
            {
                throw new ConfigurationException($"Two hosts are named {host.Name}. Give each a \"name\" of its own.");
            }

            CheckRoot(options.PathOn(host), host.Name);
        }

        foreach (var path in options.LinkedDirectories.Concat(options.LinkedFiles).Append(options.MaintenanceFile).Concat(options.MaintenancePage is { } page ? [page] : []))
        {
            if (path.StartsWith('/') || path.Split('/').Any(part => part is ".." or "." or "") || path.Contains('\n', StringComparison.Ordinal))
            {
                throw new ConfigurationException($"The path '{path}' must lead to a place below: no / in front, no . and .. in it.");
            }
        }

        if (options is { Restart: not null, Unit: not null })
        {
            throw new ConfigurationException("There is a restart command and a unit to restart. Leave one of them out.");
        }

        if (options.Repository?.StartsWith('-') == true)
        {
            throw new ConfigurationException($"The repository '{options.Repository}' is none.");
        }
    }

    private static void CheckRoot(string path, string host)
    {
        if (!path.StartsWith('/') || path.Trim('/').Length == 0 || path.Split('/').Any(part => part is "." or "..") || path.Contains('\n', StringComparison.Ordinal))
        {
            throw new ConfigurationException($"The path '{path}' of {host} must be a full path on the host, such as /srv/shop.");
        }
    }
}
