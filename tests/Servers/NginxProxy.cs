using System.Diagnostics;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>nginx in a directory of its own, with basic authentication before another server.</summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private readonly string _directory;
    private ServerProcess? _process;

    private NginxProxy(string directory) => _directory = directory;

    /// <summary>Its root; the other server is below /graphite/, and /moved/ redirects there.</summary>
    public Uri Url { get; } = new($"http://127.0.0.1:{ServerProcess.FreePort()}/");

    /// <summary>Starts it; it is ready when it returns.</summary>
    /// <param name="behind">The server behind it.</param>
    /// <param name="user">Who may ask.</param>
    /// <param name="password">The password that goes with it.</param>
    /// <param name="redirect">Where /moved/ leads to.</param>
    public static async Task<NginxProxy> StartAsync(Uri behind, string user, string password, Uri redirect)
    {
        var proxy = new NginxProxy(Directory.CreateTempSubdirectory("wercker-nginx-").FullName);
        var directory = proxy._directory;
        await File.WriteAllTextAsync($"{directory}/htpasswd", $"{user}:{await HashAsync(password)}\n");
        await File.WriteAllTextAsync($"{directory}/nginx.conf", $$"""
            daemon off; worker_processes 1; pid {{directory}}/pid;
            {{(Environment.IsPrivilegedProcess ? "user root;" : string.Empty)}}
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{directory}}/body; proxy_temp_path {{directory}}/proxy; fastcgi_temp_path {{directory}}/fastcgi; uwsgi_temp_path {{directory}}/uwsgi; scgi_temp_path {{directory}}/scgi;
              server {
                listen {{proxy.Url.Authority}};
                auth_basic "metrics"; auth_basic_user_file {{directory}}/htpasswd;
                location = /ready { auth_basic off; return 200; }
                location /graphite/ { proxy_pass {{behind}}; proxy_set_header Authorization ''; }
                location /moved/ { return 302 {{redirect}}; }
                location / { proxy_pass http://127.0.0.1:{{ServerProcess.FreePort()}}; }
              }
            }
            """);
        proxy._process = ServerProcess.Start($"{directory}/log", ["/usr/sbin/nginx", "-c", $"{directory}/nginx.conf", "-e", $"{directory}/error"]);
        using var http = new HttpClient();
        await proxy._process.UntilReadyAsync(async () => (await http.GetAsync(new Uri(proxy.Url, "ready"))).IsSuccessStatusCode);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<string> HashAsync(string password)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["passwd", "-apr1", "-stdin"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await openssl.StandardInput.WriteLineAsync(password);
        openssl.StandardInput.Close();
        return (await openssl.StandardOutput.ReadToEndAsync()).Trim();
    }
}
