using System.Net.Sockets;
using System.Security.Authentication;
using Docker.DotNet;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Engines;

/// <summary>Where the engine is, and how to talk to it.</summary>
/// <param name="Endpoint">Its address; null for what the active context of docker says.</param>
/// <param name="Certificates">The directory with the certificates; null for a connection without TLS.</param>
internal sealed record EngineAddress(Uri? Endpoint, string? Certificates)
{
    /// <summary>Finds it as the docker program does, unless it is given.</summary>
    /// <exception cref="SandboxException">DOCKER_HOST is no address.</exception>
    public static EngineAddress Find(Uri? host, string? certificates)
    {
        var named = Environment.GetEnvironmentVariable("DOCKER_HOST");
        var endpoint = host
            ?? (string.IsNullOrEmpty(named) ? null
                : Uri.TryCreate(named, UriKind.Absolute, out var address) ? address
                : throw new SandboxException($"DOCKER_HOST is '{named}', which is no address; write unix:///var/run/docker.sock or tcp://host:2376."));
        var wantsTls = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DOCKER_TLS_VERIFY"));
        var isRemote = endpoint?.Scheme is "tcp" or "https" or "http";
        return new EngineAddress(endpoint, certificates ?? (wantsTls && isRemote ? DefaultCertificates() : null));
    }

    /// <summary>A client for it; connections are made when they are needed.</summary>
    /// <exception cref="SandboxException">The certificates cannot be read.</exception>
    public DockerClient Connect()
    {
        var builder = new DockerClientBuilder();
        if (Endpoint is not null)
        {
            builder = builder.WithEndpoint(Endpoint);
        }

        if (Certificates is not null)
        {
            builder = builder.WithAuthProvider(EngineCertificates.Load(Certificates));
        }

        // A stream of output may be silent for longer than any request; what must end in time has a token.
        return builder.WithTimeout(Timeout.InfiniteTimeSpan).Build();
    }

    /// <summary>Asks the engine whether it is there.</summary>
    public async Task<string?> FindObstacleAsync(Lazy<DockerClient> client)
    {
        try
        {
            await client.Value.System.PingAsync(CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or SocketException or TimeoutException or UnauthorizedAccessException or AuthenticationException)
        {
            var words = Explain(e);
            var advice = this switch
            {
                _ when words.Contains("denied", StringComparison.OrdinalIgnoreCase) => $"let {Environment.UserName} use it (usermod -aG docker {Environment.UserName}, and log in again)",
                { Certificates: { } directory } when words.Contains("RemoteCertificateValidationCallback", StringComparison.Ordinal) =>
                    $"its certificate is not of the authority in ca.pem, or for another name: put the engine's own ca.pem into {directory}, and call the engine by the name in its certificate",
                { Certificates: { } directory } when !IsUnreachable(e) => $"it does not accept cert.pem and key.pem in {directory}: put those there that its authority has issued",
                { Certificates: null, Endpoint.Scheme: not "unix" and not null } when !IsUnreachable(e) =>
                    "it answers, but not in plain HTTP: when it wants TLS, name the directory with ca.pem, cert.pem and key.pem (certificates, or DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH)",
                _ => "start it (systemctl start docker), or say where it is with DOCKER_HOST",
            };
            return $"The Docker engine at {Endpoint?.ToString() ?? "its usual place"} cannot be reached: {words.TrimEnd('.')}; {advice}.";
        }
    }

    private static bool IsUnreachable(Exception? exception) => exception is not null && (exception is SocketException { SocketErrorCode: not SocketError.ConnectionReset } || IsUnreachable(exception.InnerException));

    /// <summary>What really went wrong, in the engine's or the system's own words.</summary>
    public static string Explain(Exception exception)
    {
        var inner = exception;
        while (inner.InnerException is { } cause)
        {
            inner = cause;
        }

        return inner is DockerApiException { ResponseBody: { Length: > 0 } body } ? MessageOf(body) : inner.Message;
    }

    private static string MessageOf(string body)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? body : body;
        }
        catch (System.Text.Json.JsonException)
        {
            return body.Trim();
        }
    }

    private static string DefaultCertificates() =>
        Environment.GetEnvironmentVariable("DOCKER_CERT_PATH") is { Length: > 0 } path ? path
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
}
