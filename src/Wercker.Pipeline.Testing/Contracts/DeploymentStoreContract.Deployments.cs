using System.Text;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>The list of deployments, their events and their logs.</summary>
public sealed partial class DeploymentStoreContract
{
    private static async Task SearchesAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", "shop", "production", 0, cancellationToken).ConfigureAwait(false);
        await StartAsync(store, "d2", "shop", "staging", 1, cancellationToken).ConfigureAwait(false);
        await StartAsync(store, "d3", "blog_x", "production", 2, cancellationToken).ConfigureAwait(false);
        await store.AppendAsync(Finish("d1", 2), cancellationToken).ConfigureAwait(false);
        (DeploymentSearch Search, string Ids)[] searches =
        [
            (new(), "d3 d2 d1"),
            (new() { App = "shop" }, "d2 d1"),
            (new() { App = "shop", Target = "staging" }, "d2"),
            (new() { Target = "production", Limit = 1 }, "d3"),
            (new() { Status = DeployStatus.Running }, "d3 d2"),
            (new() { Status = DeployStatus.Failed }, "d1"),
            (new() { Text = "LOG_" }, "d3"),
            (new() { Text = "o%t" }, string.Empty),
            (new() { Since = Noon.AddMinutes(1) }, "d3 d2"),
            (new() { Until = Noon.AddMinutes(1) }, "d1"),
            (new() { Since = Noon.AddMinutes(1).ToOffset(TimeSpan.FromHours(5)), Until = Noon.AddMinutes(2) }, "d2"),
        ];
        foreach (var (search, ids) in searches)
        {
            var found = await IdsAsync(store, search, cancellationToken).ConfigureAwait(false);
            Expect.That(found == ids, $"{search} found '{found}' instead of '{ids}'.");
            var count = await store.CountAsync(search with { Limit = 1 }, cancellationToken).ConfigureAwait(false);
            Expect.That(search.Limit == 1 || count == found.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, $"{search} counted {count}.");
        }
    }

    private static async Task PagesAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 10; i++)
        {
            await StartAsync(store, $"d{i}", minute: i / 5, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        var all = await IdsAsync(store, new(), cancellationToken).ConfigureAwait(false);
        Expect.That(all == "d9 d8 d7 d6 d5 d4 d3 d2 d1 d0", $"Of deployments that started at once, the larger id comes first; listed {all}.");
        var pages = new List<string>();
        for (string? last = null; pages.Count < 5;)
        {
            var page = await store.SearchAsync(new() { App = "shop", After = last, Limit = 3 }, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            pages.Add(string.Join(' ', page.Select(entry => entry.Id)));
            last = page[^1].Id;
        }

        Expect.That(string.Join(" | ", pages) == "d9 d8 d7 | d6 d5 d4 | d3 d2 d1 | d0", $"The pages are {string.Join(" | ", pages)}.");
        Expect.That(await store.CountAsync(new() { After = "d5", Limit = 1 }, cancellationToken).ConfigureAwait(false) == 10, "A count depends on its page.");
        Expect.That(await IdsAsync(store, new() { After = "nobody" }, cancellationToken).ConfigureAwait(false) is "", "There is something behind a deployment that is unknown.");
    }

    private static async Task ListsTheOutcomeAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", "shop", Target, 0, cancellationToken).ConfigureAwait(false);
        await store.AppendAsync(Event("d2", 1), cancellationToken).ConfigureAwait(false);
        var running = await store.FindAsync("d1", cancellationToken).ConfigureAwait(false);
        Expect.That(running is { Status: DeployStatus.Running, Restore: null, FinishedAt: null }, $"A deployment without an end is {running}.");
        await store.AppendAsync(Finish("d1", 2), cancellationToken).ConfigureAwait(false);

        var found = await store.FindAsync("d1", cancellationToken).ConfigureAwait(false);
        var expected = new DeploymentEntry
        {
            Id = "d1",
            Pipeline = "p",
            App = "shop",
            Revision = "a1b2c3d",
            Target = Target,
            RequestedBy = "ann",
            Status = DeployStatus.Failed,
            Restore = RestoreStatus.Restored,
            StartedAt = Noon,
            FinishedAt = Noon.AddHours(1),
        };
        Expect.That(found == expected, $"Found {found} instead of {expected}.");
        Expect.That(await store.FindAsync("d2", cancellationToken).ConfigureAwait(false) is { App: null, Status: DeployStatus.Running }, "A deployment without a beginning is not listed.");
    }

    private static async Task ReadsBehindAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= 5; i++)
        {
            await store.AppendAsync(Event("d1", i), cancellationToken).ConfigureAwait(false);
        }

        foreach (var (after, expected) in new[] { (0L, 5), (3L, 2), (5L, 0), (9L, 0) })
        {
            var read = await Expect.ListAsync(store.ReadAsync("d1", after, cancellationToken), cancellationToken).ConfigureAwait(false);
            Expect.That(read.Count == expected && (expected == 0 || read[0].Sequence == after + 1), $"Behind event {after} of 5 there are {read.Count}, from {read.FirstOrDefault()?.Sequence} on.");
        }
    }

    private static async Task KeepsLogsAsync(
        IDeploymentStore store, Func<IDeploymentStore, CancellationToken, ValueTask<IDeploymentStore>> reopen, CancellationToken cancellationToken)
    {
        var reader = await reopen(store, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var log = store.OpenLog("d1");
            await using (log.ConfigureAwait(false))
            {
                await log.WriteAsync("first line\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
                await log.FlushAsync(cancellationToken).ConfigureAwait(false);
                for (var clock = TimeProvider.System.GetTimestamp(); await TextAsync(reader, 0, cancellationToken).ConfigureAwait(false) != "first line\n";)
                {
                    Expect.That(TimeProvider.System.GetElapsedTime(clock) < Patience, "A line that was flushed is not read while the log grows.");
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken).ConfigureAwait(false);
                }

                Expect.That(await reader.FindLogAsync("d1", cancellationToken).ConfigureAwait(false) is { IsClosed: false, Length: 11 }, "A log that is written is not found, or found closed.");
                await log.WriteAsync("second line\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }

            Expect.That(await TextAsync(reader, 6, cancellationToken).ConfigureAwait(false) == "line\nsecond line\n", "A log is read otherwise than it was written.");
            Expect.That(await reader.FindLogAsync("d1", cancellationToken).ConfigureAwait(false) is { IsClosed: true, Length: 23 }, "A log that was closed is not.");
        }
    }

    private static async Task<string> TextAsync(IDeploymentStore store, long from, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        await foreach (var bytes in store.ReadLogAsync("d1", from, cancellationToken).ConfigureAwait(false))
        {
            text.Append(Encoding.UTF8.GetString(bytes.Span));
        }

        return text.ToString();
    }

    private static async Task<string> IdsAsync(IDeploymentStore store, DeploymentSearch search, CancellationToken cancellationToken) =>
        string.Join(' ', (await store.SearchAsync(search, cancellationToken).ConfigureAwait(false)).Select(entry => entry.Id));
}
