using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.PostgreSql;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Chooses the store by the environment: it belongs to a machine or a group of machines, not to the project that is deployed.</summary>
internal static class StoreChoice
{
    /// <summary>Names a store which machines share. Its value may hold a password: it stands in no argument and no message.</summary>
    private const string Address = "WERCKER_STORE";

    private const string LogAge = "WERCKER_LOG_AGE";
    private const string LogCount = "WERCKER_LOG_COUNT";
    private const string LogMegabytes = "WERCKER_LOG_MEGABYTES";

    /// <summary>True when machines share the store, and so, as a rule, projects do.</summary>
    public static bool IsShared => Environment.GetEnvironmentVariable(Address) is { Length: > 0 };

    /// <summary>Opens it; nothing is touched before the first use.</summary>
    /// <param name="path">The file of a store that nobody shares.</param>
    /// <param name="lookup">Finds a variable.</param>
    /// <exception cref="ConfigurationException">A variable is wrong.</exception>
    public static IDeploymentStore Open(string path, Func<string, string?> lookup)
    {
        var said = new JsonObject();
        foreach (var name in new[] { LogAge, LogCount, LogMegabytes })
        {
            if (lookup(name) is { Length: > 0 } value)
            {
                said[name] = value;
            }
        }

        var settings = new SettingsReader(said, "environment");
        var age = settings.GetDuration(LogAge) ?? TimeSpan.FromDays(90);
        var count = settings.GetInteger(LogCount, from: 1) ?? 1000;
        var bytes = (settings.GetInteger(LogMegabytes, from: 1) ?? 2048) * (1L << 20);
        return lookup(Address) is { Length: > 0 } address
            ? new PostgreSqlStore(address) { LogAge = age, LogCount = count, LogBytes = bytes }
            : new SqliteStore(path) { LogAge = age, LogCount = count, LogBytes = bytes };
    }
}
