using System.Text;
using System.Text.Json;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Images;

/// <summary>What `docker login` has left in the configuration of docker.</summary>
internal static class RegistryLogins
{
    private const string Hub = "https://index.docker.io/v1/";

    /// <summary>The login for a registry; an empty one when there is none.</summary>
    public static AuthConfig Find(string registry)
    {
        var directory = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        var file = Path.Combine(directory, "config.json");
        try
        {
            return File.Exists(file) ? Find(File.ReadAllBytes(file), registry) : new AuthConfig();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            // A file that is none of ours and cannot be read is as good as none; the registry says what is missing.
            return new AuthConfig();
        }
    }

    /// <summary>The same, in the text of the file.</summary>
    internal static AuthConfig Find(ReadOnlyMemory<byte> file, string registry)
    {
        using var document = JsonDocument.Parse(file);
        if (document.RootElement.TryGetProperty("auths", out var logins))
        {
            foreach (var login in logins.EnumerateObject().Where(login => IsOf(login.Name, registry)))
            {
                if (login.Value.TryGetProperty("auth", out var auth) && auth.GetString() is { Length: > 0 } encoded)
                {
                    var words = Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).Split(':', 2);
                    return new AuthConfig { Username = words[0], Password = words[^1], ServerAddress = login.Name };
                }
            }
        }

        return new AuthConfig();
    }

    private static bool IsOf(string address, string registry) =>
        address == registry || (registry == "docker.io" && address == Hub) || (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Authority == registry);
}
