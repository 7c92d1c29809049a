using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Wercker.Pipeline.Dashboard.Assets;

/// <summary>The files of wwwroot, which are part of the assembly: nothing has to be deployed beside it, and no path leads anywhere else.</summary>
internal static class DashboardAssets
{
    private const string Folder = "wwwroot/";
    private static readonly FrozenDictionary<string, DashboardAsset> All = Read().ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    public static DashboardAsset? Find(string name) => All.GetValueOrDefault(name);

    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static string HashOf(string name) => Find(name)?.Hash ?? throw new ArgumentException($"The dashboard has no file '{name}' in wwwroot.", nameof(name));

    private static IEnumerable<DashboardAsset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            files.Add(resource[Folder.Length..], content.ToArray());
        }

        // One for all of them: the scripts name each other by "./name.js", which stays within the address of the one that asks.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.Values)
        {
            hash.AppendData(file);
        }

        var version = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        return [.. files.Select(file => new DashboardAsset(file.Key, file.Value, version))];
    }
}

/// <summary>A file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Hash">Changes when a file does.</param>
internal sealed record DashboardAsset(string Name, byte[] Content, string Hash)
{
    public string ContentType => Path.GetExtension(Name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
