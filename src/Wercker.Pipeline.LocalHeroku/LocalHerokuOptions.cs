namespace Wercker.Pipeline.LocalHeroku;

/// <summary>How a <see cref="LocalHerokuPlatform"/> is to be started. Every port left at 0 is chosen by the system.</summary>
public sealed class LocalHerokuOptions
{
    /// <summary>Name of the app that exists from the start: 3 to 30 lower-case letters, digits and dashes, a letter first.</summary>
    public string App { get; set; } = "local-app";

    /// <summary>The only key that the API, git over HTTPS and the fault switches accept. A random one when null.</summary>
    public string? ApiKey { get; set; }

    /// <summary>E-mail address of the one account.</summary>
    public string Email { get; set; } = "developer@localhost.test";

    /// <summary>Port of the API, of git over HTTP and HTTPS, of log sessions and of the fault switches.</summary>
    public int Port { get; set; }

    /// <summary>Port of the router, which finds the app by the Host header <c>APP.localhost</c>.</summary>
    public int WebPort { get; set; }

    /// <summary>Port of the rendezvous server, to which clients of attached one-off dynos connect by TLS.</summary>
    public int RendezvousPort { get; set; }

    /// <summary>Port of git over SSH.</summary>
    public int SshPort { get; set; }

    /// <summary>Whether a private sshd is started; it is left out without an error where OpenSSH's server is not installed.</summary>
    public bool EnableSsh { get; set; } = true;

    /// <summary>Parent of the platform's own directory, which is deleted at the end; the system's temporary directory when null.</summary>
    public string? Directory { get; set; }

    /// <summary>
    /// How many dynos a process type gets when a release first declares it. Unlike Heroku, which starts web only, the default
    /// starts one <c>web</c> and one <c>worker</c>; types that are not named start with none.
    /// </summary>
    public IDictionary<string, int> InitialQuantities { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["web"] = 1,
        ["worker"] = 1,
    };

    /// <summary>Environment of builds and dynos besides config vars. Nothing else of this process's environment is handed on but PATH and the like.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long a web process may take to bind its port before it is killed with R10. Default 60 seconds.</summary>
    public TimeSpan BootTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a process may take to end after SIGTERM before it is killed with R12. Default 30 seconds.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the router waits for the first byte of an answer before H12. Default 30 seconds.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the router holds a request for dynos that are starting before H20. Default 75 seconds.</summary>
    public TimeSpan BootQueueTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>How long a one-off dyno waits for its client before R13. Default 30 seconds.</summary>
    public TimeSpan AttachTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before the first restart of a crashed dyno, doubled for each crash that follows, five minutes at most. Default 1 second.</summary>
    public TimeSpan CrashBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock of every timestamp, timeout and pause.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
