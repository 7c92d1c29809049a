using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The tables, and how a store of an earlier version becomes one of this.</summary>
/// <remarks>A migration is never changed once it was released; a new one is added behind it. The number of those that were made is SQLite's user_version.</remarks>
internal static class Schema
{
    private static readonly string[] Migrations =
    [
        """
        create table event(deployment text not null, sequence integer not null, body blob not null, digest blob not null, primary key(deployment, sequence));
        create table deployment(
            id text primary key, pipeline text, app text, revision text, target text, requested_by text,
            status text not null, restore text, started integer not null, finished integer, words text not null) without rowid;
        create index deployment_started on deployment(started desc, id desc);
        create index deployment_app on deployment(app, started desc);
        create index deployment_target on deployment(target, started desc);
        create index deployment_status on deployment(status, started desc);
        create table lease(
            target text primary key, token integer not null, beat integer not null, deployment text, owner text, pipeline text, message text,
            process text, since integer not null) without rowid;
        create table waiter(ticket integer primary key autoincrement, target text not null, deployment text not null, process text not null, beat integer not null);
        create index waiter_target on waiter(target, ticket);
        create table unlocking(target text not null, token integer not null, deployment text, reason text not null, by text not null, at integer not null);
        create table cancellation(deployment text primary key, by text not null, at integer not null) without rowid;
        """,
    ];

    /// <summary>Brings a store to this version.</summary>
    /// <exception cref="InvalidDataException">The store is of a later version.</exception>
    public static void Migrate(SqliteConnection connection, string path)
    {
        var version = VersionOf(connection);
        if (version > Migrations.Length)
        {
            throw new InvalidDataException($"{path} was written by a later version (its schema is {version}, this one knows {Migrations.Length}): use that version, or another store.");
        }

        if (version == Migrations.Length)
        {
            return;
        }

        using var transaction = connection.BeginTransaction(deferred: false);

        // Looked at again inside: two processes may open a new store at once.
        for (var next = VersionOf(connection); next < Migrations.Length; next++)
        {
            connection.Run(Migrations[next]);
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {next + 1}"));
        }

        transaction.Commit();
    }

    private static int VersionOf(SqliteConnection connection)
    {
        using var command = connection.Prepare("pragma user_version");
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
