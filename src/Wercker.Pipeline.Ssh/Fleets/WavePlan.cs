using System.Globalization;

namespace Wercker.Pipeline.Ssh.Fleets;

/// <summary>The waves of a fleet: the sizes that were asked for, then the rest.</summary>
internal static class WavePlan
{
    /// <exception cref="ConfigurationException">A size is none.</exception>
    public static IReadOnlyList<IReadOnlyList<SshHost>> Of(IReadOnlyList<SshHost> hosts, IReadOnlyList<string> sizes)
    {
        var waves = new List<IReadOnlyList<SshHost>>();
        var begun = 0;
        foreach (var size in sizes.Select(size => SizeOf(size, hosts.Count)).Append(hosts.Count))
        {
            if (begun < hosts.Count)
            {
                waves.Add([.. hosts.Skip(begun).Take(size)]);
                begun += waves[^1].Count;
            }
        }

        return waves;
    }

    private static int SizeOf(string text, int hosts)
    {
        var isPart = text.EndsWith('%');
        if (!double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0 || (isPart && number > 100) || (!isPart && number != Math.Floor(number)))
        {
            throw new ConfigurationException($"The wave '{text}' is no number of hosts and no part of them: write \"1\" or \"10%\".");
        }

        // A part of a small fleet is at least one host: a wave of nobody would test nothing.
        return isPart ? Math.Max(1, (int)Math.Ceiling(hosts * number / 100)) : (int)Math.Min(number, hosts);
    }
}
