using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>What known_hosts files say about keys of hosts.</summary>
internal sealed class KnownHosts
{
    private readonly List<Line> _lines = [];
    private readonly IReadOnlyList<string> _files;

    private KnownHosts(IReadOnlyList<string> files) => _files = files;

    /// <summary>How a key stands to what is known.</summary>
    public enum Verdict
    {
        /// <summary>Nobody knows the host.</summary>
        Unknown,

        /// <summary>The key is the known one.</summary>
        Known,

        /// <summary>The host is known by another key.</summary>
        Changed,

        /// <summary>The key is marked as revoked.</summary>
        Revoked,
    }

    /// <summary>Where was looked, for messages.</summary>
    public string Places => string.Join(" and ", _files);

    /// <summary>Reads the files; one that is not there knows nobody.</summary>
    public static KnownHosts Read(params IReadOnlyList<string> files)
    {
        var known = new KnownHosts(files);
        foreach (var file in files.Where(File.Exists))
        {
            known.Add(File.ReadAllText(file));
        }

        return known;
    }

    /// <summary>Reads the text of a file.</summary>
    public static KnownHosts Parse(string text)
    {
        var known = new KnownHosts([]);
        known.Add(text);
        return known;
    }

    /// <summary>The kinds of keys that are known of a host, so that it is asked for one of them.</summary>
    public IReadOnlyList<string> KindsOf(string address, int port) => [.. Of(address, port).Where(line => !line.IsRevoked).Select(line => line.Kind).Distinct()];

    public Verdict Judge(string address, int port, string kind, ReadOnlySpan<byte> key)
    {
        var verdict = Verdict.Unknown;
        foreach (var line in Of(address, port))
        {
            var isSame = key.SequenceEqual(line.Key);
            if (line.IsRevoked && isSame)
            {
                return Verdict.Revoked;
            }

            if (!line.IsRevoked && isSame && line.Kind == kind)
            {
                verdict = Verdict.Known;
            }
            else if (!line.IsRevoked && verdict == Verdict.Unknown)
            {
                verdict = Verdict.Changed;
            }
        }

        return verdict;
    }

    private IEnumerable<Line> Of(string address, int port)
    {
        var name = port == 22 ? address : $"[{address}]:{port}";
        return _lines.Where(line => line.Matches(name));
    }

    private void Add(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var marker = words.Length > 0 && words[0].StartsWith('@') ? words[0] : null;
            if (marker is not null)
            {
                words = words[1..];
            }

            // Certificate authorities are left to OpenSSH's own client; a line that cannot be read vouches for nobody.
            if (words.Length >= 3 && words[0][0] != '#' && marker is null or "@revoked" && Decode(words[2]) is { } key)
            {
                _lines.Add(new Line(words[0], words[1], key, marker is not null));
            }
        }
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private sealed record Line(string Hosts, string Kind, byte[] Key, bool IsRevoked)
    {
        public bool Matches(string name)
        {
            if (Hosts.StartsWith("|1|", StringComparison.Ordinal))
            {
                return Hosts.Split('|') is [_, _, var salt, var hash] && Decode(salt) is { } key && Decode(hash) is { } expected
#pragma warning disable CA5350 // The format of the file says SHA-1.
                    && HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(name.ToLowerInvariant())).AsSpan().SequenceEqual(expected);
#pragma warning restore CA5350
            }

            var patterns = Hosts.Split(',');
            return !patterns.Any(pattern => pattern.StartsWith('!') && IsMatch(pattern[1..], name)) && patterns.Any(pattern => !pattern.StartsWith('!') && IsMatch(pattern, name));
        }

        private static bool IsMatch(string pattern, string name) => pattern.AsSpan().IndexOfAny('*', '?') < 0
            ? pattern.Equals(name, StringComparison.OrdinalIgnoreCase)
            : Regex.IsMatch(
                name,
                "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
                RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
