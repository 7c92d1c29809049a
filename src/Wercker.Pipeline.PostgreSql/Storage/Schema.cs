using Npgsql;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>The tables, and how a store of an earlier version becomes one of this.</summary>
/// <remarks>They lie in the first schema of the search path. A migration is never changed once it was released; a new one is added behind it.</remarks>
internal static class Schema
{
    private const string Newest = "select coalesce(max(version), 0) from wercker_schema";

    private static readonly string[] Migrations =
    [
        """
        create table wercker_deployment(
            id text primary key, sequence bigint not null, epoch bigint not null, writer uuid not null, pipeline text, app text, revision text, target text, requested_by text,
            status text not null, restore text, started timestamptz not null, finished timestamptz, words text not null);
        create index wercker_deployment_started on wercker_deployment(started desc, id desc);
        create index wercker_deployment_app on wercker_deployment(app, started desc);
        create index wercker_deployment_target on wercker_deployment(target, started desc);
        create index wercker_deployment_status on wercker_deployment(status, started desc);
        create table wercker_event(
            deployment text not null, sequence bigint not null, body bytea not null, digest bytea not null, mark uuid not null, primary key(deployment, sequence));
        create table wercker_lease(
            target text primary key, token bigint not null, claim uuid not null, deployment text, owner text, pipeline text, message text, process text,
            since timestamptz not null, expires timestamptz not null);
        create index wercker_lease_deployment on wercker_lease(deployment);
        create table wercker_waiter(
            ticket bigint generated always as identity primary key, target text not null, deployment text not null, process text not null, expires timestamptz not null);
        create index wercker_waiter_target on wercker_waiter(target, ticket);
        create table wercker_unlocking(target text not null, token bigint not null, deployment text, reason text not null, by text not null, at timestamptz not null);
        create table wercker_cancellation(deployment text primary key, by text not null, at timestamptz not null);
        create table wercker_log(deployment text primary key, writer uuid not null, length bigint not null, written timestamptz not null, closed boolean not null);
        create table wercker_log_block(
            deployment text not null, start bigint not null, length int not null, sealed boolean not null, body bytea not null, digest bytea not null,
            primary key(deployment, start));
        alter table wercker_log_block alter column body set storage external;
        """,
        """
        create table wercker_action(
            number bigint generated always as identity primary key, at timestamptz not null, by text not null, kind text not null, deployment text, target text,
            question text, choice text, reason text);
        create index wercker_action_deployment on wercker_action(deployment, number);
        create index wercker_action_question on wercker_action(question, number) where question is not null;
        insert into wercker_action(at, by, kind, deployment, target, reason)
            select at, by, case when deployment is null then 'thaw' else 'unlock' end, deployment, target, reason from wercker_unlocking
            union all select at, by, 'cancel', deployment, null, null from wercker_cancellation order by 1;
        drop table wercker_unlocking;
        drop table wercker_cancellation;
        create table wercker_question(id text primary key, deployment text not null, sequence bigint not null, decided boolean not null);
        create index wercker_question_open on wercker_question(deployment) where not decided;
        """,
        """
        create function wercker_say() returns trigger language plpgsql as $$
        begin
            perform pg_notify('wercker', tg_table_schema || '/' || tg_argv[0] || '/' || hashtextextended(case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end ->> tg_argv[1], 0));
            return null;
        end $$;
        create trigger wercker_lease_freed after update on wercker_lease for each row
            when (old.owner is not null and new.owner is null) execute function wercker_say('lease', 'target');
        create trigger wercker_waiter_gone after delete on wercker_waiter for each row execute function wercker_say('lease', 'target');
        create trigger wercker_action_answers after insert on wercker_action for each row when (new.question is not null) execute function wercker_say('answer', 'question');
        """,
    ];

    /// <summary>Brings a store to this version. Of processes that start at once, one does it and the others wait.</summary>
    /// <exception cref="InvalidDataException">The store is of a later version.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version == Migrations.Length)
        {
            return;
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await connection.RunAsync("select pg_advisory_xact_lock(hashtext('wercker'), hashtext(current_schema()))", [], cancellationToken).ConfigureAwait(false);

            await connection.RunAsync("create table if not exists wercker_schema(version int primary key, at timestamptz not null default clock_timestamp())", [], cancellationToken).ConfigureAwait(false);

            // Looked at again behind the lock: somebody else may have done it meanwhile.
            version = await connection.AskAsync(Newest, [], reader => reader.GetInt32(0), cancellationToken).ConfigureAwait(false);
            if (version > Migrations.Length)
            {
                throw new InvalidDataException($"{name} was written by a later version (its schema is {version}, this one knows {Migrations.Length}): use that version, or another database.");
            }

            for (var next = version; next < Migrations.Length; next++)
            {
                await connection.RunAsync(Migrations[next], [], cancellationToken).ConfigureAwait(false);
                await connection.RunAsync("insert into wercker_schema(version) values(@v)", [("v", next + 1)], cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.AskAsync("select to_regclass('wercker_schema') is not null", [], reader => reader.GetBoolean(0), cancellationToken).ConfigureAwait(false)
            ? await connection.AskAsync(Newest, [], reader => reader.GetInt32(0), cancellationToken).ConfigureAwait(false)
            : 0;
}
