using System.Globalization;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Dynos;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Logs;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>How accounts, apps, dynos and logs look in JSON.</summary>
internal static class Views
{
    public const string Stack = "heroku-24";

    private static readonly string StackId = FixedId(1);
    private static readonly string RegionId = FixedId(2);
    private static readonly string GenerationId = FixedId(3);
    private static readonly string SizeId = FixedId(4);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JsonObject Account(LocalPlatform platform)
    {
        Account account = platform.Account;
        return new JsonObject
        {
            ["allow_tracking"] = false,
            ["beta"] = false,
            ["created_at"] = Time(account.CreatedAt),
            ["email"] = account.Email,
            ["federated"] = false,
            ["id"] = account.Id.ToString(),
            ["identity_provider"] = null,
            ["last_login"] = Time(account.CreatedAt),
            ["name"] = "Local Developer",
            ["sms_number"] = null,
            ["suspended_at"] = platform.Faults.SuspendAccount ? Time(account.CreatedAt) : null,
            ["delinquent_at"] = platform.Faults.DelinquentAccount ? Time(account.CreatedAt) : null,
            ["two_factor_authentication"] = platform.Faults.RequireTwoFactor,
            ["updated_at"] = Time(account.CreatedAt),
            ["verified"] = true,
            ["country_of_residence"] = null,
            ["default_organization"] = null,
            ["default_team"] = null,
        };
    }

    public static JsonObject Key(SshKey key) => new()
    {
        ["comment"] = key.Comment,
        ["created_at"] = Time(key.CreatedAt),
        ["email"] = key.Comment,
        ["fingerprint"] = key.Fingerprint,
        ["id"] = key.Id.ToString(),
        ["public_key"] = key.PublicKey,
        ["updated_at"] = Time(key.CreatedAt),
    };

    public static JsonObject App(LocalPlatform platform, App app) => new()
    {
        ["acm"] = false,
        ["archived_at"] = null,
        ["buildpack_provided_description"] = app.Releases.Current?.Slug is null ? null : "Procfile",
        ["build_stack"] = StackReference(),
        ["created_at"] = Time(app.CreatedAt),
        ["generation"] = Generation(),
        ["git_url"] = platform.GitUrl(app.Name).ToString(),
        ["id"] = app.Id.ToString(),
        ["internal_routing"] = null,
        ["maintenance"] = app.Maintenance,
        ["name"] = app.Name,
        ["owner"] = Owner(platform),
        ["organization"] = null,
        ["team"] = null,
        ["region"] = new JsonObject { ["id"] = RegionId, ["name"] = "us" },
        ["released_at"] = app.ReleasedAt is { } released ? Time(released) : null,
        ["repo_size"] = null,
        ["slug_size"] = app.Releases.Current?.Slug?.Size,
        ["space"] = null,
        ["stack"] = StackReference(),
        ["updated_at"] = Time(app.UpdatedAt),
        ["web_url"] = platform.WebUrl(app.Name).ToString(),
    };

    public static JsonObject Dyno(App app, Dyno dyno) => new()
    {
        ["attach_url"] = dyno.AttachUrl,
        ["command"] = dyno.Command,
        ["created_at"] = Time(dyno.CreatedAt),
        ["id"] = dyno.Id.ToString(),
        ["name"] = dyno.Name,
        ["release"] = new JsonObject { ["id"] = dyno.Release.Id.ToString(), ["version"] = dyno.Release.Version },
        ["app"] = Reference(app),
        ["size"] = dyno.Size,
        ["state"] = dyno.State,
        ["type"] = dyno.Type,
        ["updated_at"] = Time(dyno.UpdatedAt),
    };

    public static JsonObject Formation(App app, Formation formation) => new()
    {
        ["app"] = Reference(app),
        ["command"] = formation.Command,
        ["created_at"] = Time(formation.CreatedAt),
        ["dyno_size"] = new JsonObject { ["id"] = SizeId, ["name"] = formation.Size },
        ["id"] = formation.Id.ToString(),
        ["quantity"] = formation.Quantity,
        ["size"] = formation.Size,
        ["type"] = formation.Type,
        ["updated_at"] = Time(formation.UpdatedAt),
    };

    public static JsonObject LogSession(LocalPlatform platform, LogSession session) => new()
    {
        ["created_at"] = Time(session.CreatedAt),
        ["id"] = session.Id,
        ["logplex_url"] = $"{platform.ApiUrl}sessions/{session.Id}?srv={session.CreatedAt.ToUnixTimeSeconds()}",
        ["updated_at"] = Time(session.CreatedAt),
    };

    public static JsonObject Drain(App app, LogDrain drain) => new()
    {
        ["addon"] = null,
        ["app"] = Reference(app),
        ["created_at"] = Time(drain.CreatedAt),
        ["id"] = drain.Id.ToString(),
        ["token"] = drain.Token,
        ["updated_at"] = Time(drain.CreatedAt),
        ["url"] = drain.Url.ToString(),
    };

    public static JsonObject Collaborator(LocalPlatform platform, App app) => new()
    {
        ["app"] = Reference(app),
        ["created_at"] = Time(app.CreatedAt),
        ["id"] = app.Id.ToString(),
        ["permissions"] = new JsonArray(),
        ["role"] = "owner",
        ["updated_at"] = Time(app.CreatedAt),
        ["user"] = new JsonObject { ["email"] = platform.Account.Email, ["federated"] = false, ["id"] = platform.Account.Id.ToString() },
    };

    public static JsonObject Domain(App app) => new()
    {
        ["acm_status"] = null,
        ["acm_status_reason"] = null,
        ["app"] = Reference(app),
        ["cname"] = null,
        ["created_at"] = Time(app.CreatedAt),
        ["hostname"] = app.Name + ".localhost",
        ["id"] = app.Id.ToString(),
        ["kind"] = "heroku",
        ["updated_at"] = Time(app.CreatedAt),
        ["status"] = "succeeded",
        ["sni_endpoint"] = null,
    };

    public static JsonObject StackReference() => new() { ["id"] = StackId, ["name"] = Stack };

    public static JsonObject Owner(LocalPlatform platform) => new()
    {
        ["email"] = platform.Account.Email,
        ["id"] = platform.Account.Id.ToString(),
    };

    public static JsonObject Reference(App app) => new() { ["name"] = app.Name, ["id"] = app.Id.ToString() };

    private static JsonObject Generation() => new() { ["id"] = GenerationId, ["name"] = "cedar" };

    private static string FixedId(byte number) => new Guid(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, number).ToString();
}
