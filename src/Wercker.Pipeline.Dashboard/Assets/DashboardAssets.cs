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
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            var bytes = content.ToArray();
            yield return new DashboardAsset(resource[Folder.Length..], bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        }
    }
}

/// <summary>A file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Hash">Changes with the bytes.</param>
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
