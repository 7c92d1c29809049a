using System.Globalization;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The list of deployments.</summary>
internal static class DeploymentTable
{
    private static readonly DeploymentQuery Query = new(Database.Dialect);

    public static List<string> Ids(SqliteConnection connection) =>
        connection.List(new("select id from deployment order by started desc, id desc", []), reader => reader.GetString(0));

    public static List<DeploymentEntry> Search(SqliteConnection connection, DeploymentSearch search) => connection.List(Query.Search(search), Query.Read);

    public static DeploymentEntry? Find(SqliteConnection connection, string id) => connection.List(Query.Find(id), Query.Read).FirstOrDefault();

    public static int Count(SqliteConnection connection, DeploymentSearch search)
    {
        using var command = connection.Prepare(Query.Count(search));
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
