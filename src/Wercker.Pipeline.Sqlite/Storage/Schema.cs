using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The tables, and how a store of an earlier version becomes one of this.</summary>
/// <remarks>A migration is never changed once it was released; a new one is added behind it. The number of those that were made is SQLite's user_version.</remarks>
internal sealed class Schema
{
    private readonly string[] _migrations;

    private Schema(string synchronous, params string[] migrations)
    {
        Synchronous = synchronous;
        _migrations = migrations;
    }

    /// <summary>What is written is on the disk before anything else is done.</summary>
    public static Schema OfDeployments { get; } = new(
        "full",
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
        """
        create table action(
            number integer primary key autoincrement, at integer not null, by text not null, kind text not null, deployment text, target text,
            question text, choice text, reason text);
        create index action_deployment on action(deployment, number);
        create index action_question on action(question, number) where question is not null;
        insert into action(at, by, kind, deployment, target, reason)
            select at, by, case when deployment is null then 'thaw' else 'unlock' end, deployment, target, reason from unlocking
            union all select at, by, 'cancel', deployment, null, null from cancellation order by 1;
        drop table unlocking;
        drop table cancellation;
        create table question(id text primary key, deployment text not null, sequence integer not null, decided integer not null) without rowid;
        create index question_open on question(deployment) where decided = 0;
        """);

    /// <summary>The last blocks may be lost with the machine's power, not with the process; no event waits for them.</summary>
    public static Schema OfLogs { get; } = new(
        "normal",
        """
        create table log(deployment text primary key, writer text not null, length integer not null, written integer not null, closed integer not null) without rowid;
        create table block(
            deployment text not null, start integer not null, length integer not null, sealed integer not null, body blob not null, digest blob not null, primary key(deployment, start));
        """);

    /// <summary>SQLite's name for when it waits for the disk.</summary>
    public string Synchronous { get; }

    /// <summary>Brings a store to this version.</summary>
    /// <exception cref="InvalidDataException">The store is of a later version.</exception>
    public void Migrate(SqliteConnection connection, string path)
    {
        var version = VersionOf(connection);
        if (version > _migrations.Length)
        {
            throw new InvalidDataException($"{path} was written by a later version (its schema is {version}, this one knows {_migrations.Length}): use that version, or another store.");
        }

        if (version == _migrations.Length)
        {
            return;
        }

        using var transaction = connection.BeginTransaction(deferred: false);

        // Looked at again inside: two processes may open a new store at once.
        for (var next = VersionOf(connection); next < _migrations.Length; next++)
        {
            connection.Run(_migrations[next]);
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
