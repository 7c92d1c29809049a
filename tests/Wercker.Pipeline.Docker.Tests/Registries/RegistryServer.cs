using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Docker.Tests.Registries;

/// <summary>What a registry wants to know of those who ask.</summary>
public enum RegistryLogin
{
    Nothing,
    Basic,
    Bearer,
}

/// <summary>A registry with one image, that a real engine pulls from: the part of the registry's HTTP API that reads. Engines speak to loopback without TLS.</summary>
internal sealed class RegistryServer : IAsyncDisposable
{
    public const string User = "deployer";
    public const string Password = "pa55:word-of-the-registry";
    private const string Repository = "team/box";
    private const string Token = "token-of-one-pull";
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly WebApplication _application;
    private readonly RegistryLogin _login;
    private readonly byte[] _manifest;

    private RegistryServer(RegistryLogin login)
    {
        _login = login;
        _manifest = MakeManifest();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.MapGet("/token", GiveToken);
        _application.MapMethods("/v2/{**path}", ["GET", "HEAD"], Answer);
    }

    /// <summary>Host and port.</summary>
    public string Address => new Uri(_application.Urls.Single()).Authority;

    public string Image => $"{Address}/{Repository}:1";

    public static async Task<RegistryServer> StartAsync(RegistryLogin login)
    {
        var server = new RegistryServer(login);
        await server._application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private IResult GiveToken(HttpRequest request) =>
        HasLogin(request) ? Results.Text(JsonSerializer.Serialize(new { token = Token, access_token = Token, expires_in = 300 }), "application/json") : Refuse(request);

    private IResult Answer(HttpRequest request, string? path)
    {
        var isAllowed = _login switch
        {
            RegistryLogin.Bearer => request.Headers.Authorization == $"Bearer {Token}",
            RegistryLogin.Basic => HasLogin(request),
            _ => true,
        };
        if (!isAllowed)
        {
            return Refuse(request);
        }

        var digest = Digest(_manifest);
        request.HttpContext.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (string.IsNullOrEmpty(path))
        {
            return Results.Text("{}", "application/json");
        }

        if (path is $"{Repository}/manifests/1" || path == $"{Repository}/manifests/{digest}")
        {
            request.HttpContext.Response.Headers["Docker-Content-Digest"] = digest;
            return Results.Bytes(_manifest, ManifestType);
        }

        return path.StartsWith($"{Repository}/blobs/", StringComparison.Ordinal) && _blobs.TryGetValue(path[$"{Repository}/blobs/".Length..], out var blob)
            ? Results.Bytes(blob, "application/octet-stream")
            : Results.Text("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""", "application/json", statusCode: 404);
    }

    private IResult Refuse(HttpRequest request)
    {
        request.HttpContext.Response.Headers.WWWAuthenticate = _login == RegistryLogin.Bearer && request.Path != "/token"
            ? $"Bearer realm=\"http://{Address}/token\",service=\"tests\",scope=\"repository:{Repository}:pull\""
            : "Basic realm=\"tests\"";
        return Results.Text("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""", "application/json", statusCode: 401);
    }

    private static bool HasLogin(HttpRequest request) =>
        request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>Two layers, the description of the image, and what lists them.</summary>
    private byte[] MakeManifest()
    {
        using var files = BoxImage.Pack();
        byte[][] layers = [files.ToArray(), BoxImage.PackText("etc/second-layer", Guid.NewGuid().ToString())];
        var configuration = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Env = new[] { "PATH=/bin:/usr/bin" } },
            rootfs = new { type = "layers", diff_ids = layers.Select(Digest).ToArray() },
        });
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Describe("application/vnd.docker.container.image.v1+json", configuration),
            layers = layers.Select(layer => Describe("application/vnd.docker.image.rootfs.diff.tar.gzip", Compress(layer))).ToArray(),
        });
    }

    private object Describe(string mediaType, byte[] blob)
    {
        var digest = Digest(blob);
        _blobs[digest] = blob;
        return new { mediaType, size = blob.Length, digest };
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
