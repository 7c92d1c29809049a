namespace Wercker.Pipeline.Heroku.Setup;

/// <summary>The environment variables that wercker and Heroku's own tools have used, the most specific first.</summary>
internal static class HerokuVariables
{
    public const string Key = "HEROKU_KEY";
    public const string App = "HEROKU_APP_NAME";
    public const string User = "HEROKU_USER";
    public const string DefaultUser = "heroku-deploy@wercker.com";

    public static readonly string[] Keys = [Key, "WERCKER_HEROKU_DEPLOY_KEY", "HEROKU_API_KEY"];
    public static readonly string[] Apps = [App, "WERCKER_HEROKU_DEPLOY_APP_NAME"];
    public static readonly string[] Users = [User, "WERCKER_HEROKU_DEPLOY_USER"];

    /// <summary>The first that is set and not empty.</summary>
    public static string? Find(string[] names, Func<string, string?> lookup) => names.Select(lookup).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();

    public static string? Find(string[] names, DeployEnvironment environment) => Find(names, name => environment.TryGet(name, out var value) ? value : null);
}
