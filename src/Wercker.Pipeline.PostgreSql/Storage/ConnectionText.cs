using System.Globalization;
using Npgsql;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>Reads a connection string, or an address as libpq has it. No message shows any of it: it may hold a password.</summary>
internal static class ConnectionText
{
    private const string AutoPrepare = "Max Auto Prepare";
    private const int PreparedStatements = 32;
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            var builder = Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? ReadAddress(text) : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host))
            {
                throw new FormatException();
            }

            // A statement does not outlive its transaction, so there is nothing to reset; whoever deploys needs few connections.
            builder.NoResetOnClose = true;
            builder.Enlist = false;
            builder.ApplicationName ??= "wercker";
            builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, 20);
            if (!builder.ShouldSerialize(AutoPrepare))
            {
                // Planning an event's statement takes longer than running it.
                builder.MaxAutoPrepare = PreparedStatements;
                builder.AutoPrepareMinUsages = 2;
            }

            return builder;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // The cause is left out on purpose: it quotes what it could not read.
            throw new ConfigurationException(
                "The connection string of the PostgreSQL store cannot be read; it is not shown, because it may hold a password. Write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded, or Host=...;Username=...;Password=...;Database=....");
        }
    }

    private static NpgsqlConnectionStringBuilder ReadAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            throw new FormatException();
        }

        var user = address.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : NpgsqlConnection.DefaultPort,
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = address.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(address.AbsolutePath[1..]) : null,
        };
        foreach (var option in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : string.Empty);
            builder[pair[0].ToLower(CultureInfo.InvariantCulture) switch
            {
                "sslmode" => "SSL Mode",
                "sslrootcert" => "Root Certificate",
                "connect_timeout" => "Timeout",
                "application_name" => "Application Name",
                var other => other.Replace('_', ' '),
            }] = pair[0].Equals("sslmode", StringComparison.OrdinalIgnoreCase) ? value.Replace("-", string.Empty, StringComparison.Ordinal) : value;
        }

        return builder;
    }
}
