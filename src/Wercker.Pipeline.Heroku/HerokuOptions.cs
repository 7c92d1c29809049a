using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku;

/// <summary>Settings of a <see cref="HerokuTarget"/> and a <see cref="HerokuLogSource"/>. Only the app and the key have no default.</summary>
public sealed record HerokuOptions
{
    /// <summary>The app's name; null takes it from HEROKU_APP_NAME or WERCKER_HEROKU_DEPLOY_APP_NAME of the deployment.</summary>
    public string? App { get; init; }

    /// <summary>The API key; null takes it from HEROKU_KEY, WERCKER_HEROKU_DEPLOY_KEY or HEROKU_API_KEY of the deployment.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The e-mail address in commits; null takes it from HEROKU_USER or WERCKER_HEROKU_DEPLOY_USER. Default: heroku-deploy@wercker.com.</summary>
    public string? User { get; init; }

    /// <summary>How the files get there. Default: git over HTTPS.</summary>
    public HerokuTransport Transport { get; init; }

    /// <summary>The branch that is pushed to; Heroku builds main and master only. Default: main.</summary>
    public string Branch { get; init; } = "main";

    /// <summary>Pushes the revision of the git source with its history, instead of a fresh commit of its files. Default: false.</summary>
    public bool KeepRepository { get; init; }

    /// <summary>Pushes an empty commit on top when the platform has the commit already, so that it builds again. Default: false.</summary>
    public bool ForceEmptyCommit { get; init; }

    /// <summary>The Platform API. Default: https://api.heroku.com.</summary>
    public Uri ApiUrl { get; init; } = new("https://api.heroku.com");

    /// <summary>The git repository, {app} standing for the app; null for Heroku's own of the transport.</summary>
    public string? GitUrl { get; init; }

    /// <summary>A PEM file of certificate authorities that are trusted, instead of the system's, by HTTPS, git and one-off dynos; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The known_hosts file of the SSH transport; null for the user's own. Host keys that are not in it are refused.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>The kind of the SSH transport's key. Default: Ed25519.</summary>
    public HerokuSshKeyType SshKeyType { get; init; }

    /// <summary>Runs commands detached and reads their output from the log, for networks that do not let port 5000 out. Default: false.</summary>
    public bool DetachedCommands { get; init; }

    /// <summary>Names of the deployment's variables that one-off commands get besides the app's config vars. Empty by default.</summary>
    public IReadOnlyList<string> CommandVariables { get; init; } = [];

    /// <summary>The dyno size of one-off commands, "standard-2x"; null for the app's own.</summary>
    public string? CommandDynoSize { get; init; }

    /// <summary>How long a build may take. Default: 30 minutes.</summary>
    public TimeSpan BuildTimeout { get; init => field = Positive(value, nameof(BuildTimeout)); } = TimeSpan.FromMinutes(30);

    /// <summary>How long a release phase may take. Default: 60 minutes.</summary>
    public TimeSpan ReleaseTimeout { get; init => field = Positive(value, nameof(ReleaseTimeout)); } = TimeSpan.FromMinutes(60);

    /// <summary>How long the dynos of a release may take to be up. Default: 5 minutes.</summary>
    public TimeSpan DynoTimeout { get; init => field = Positive(value, nameof(DynoTimeout)); } = TimeSpan.FromMinutes(5);

    /// <summary>How long a dyno that binds no port, such as a worker, must stay up to count as up. Default: 2 seconds.</summary>
    public TimeSpan DynoSettleTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one request waits in all while the account is over its rate limit; zero reports it at once. Default: 10 minutes.</summary>
    public TimeSpan RateLimitPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the release of a pushed commit may take to appear.</summary>
    internal TimeSpan ReleaseGrace { get; init; } = TimeSpan.FromSeconds(30);

    private static TimeSpan Positive(TimeSpan value, string name) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"{name} is {value}: it must be longer than zero.");
}
