using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Steps;

/// <summary>The window of a test that looks a few minutes after the deployment. Its start is journaled, so that a resumed deployment waits only for what is left.</summary>
/// <param name="delay">How much of the new version's life to look at.</param>
/// <param name="past">The window of a deployment of the past; null for the running one.</param>
internal sealed partial class DelayedWindow(TimeSpan delay, TestWindow? past)
{
    private static readonly ContextKey<DateTimeOffset> Released = new("wercker.released", WindowJson.Default.DateTimeOffset);

    // Nothing reads it back here: whoever watches the deployment counts down to it.
    private static readonly ContextKey<DateTimeOffset> Until = new("wercker.window.until", WindowJson.Default.DateTimeOffset);

    /// <summary>The new version is there now: from here on its log and metrics count.</summary>
    public static ValueTask ReleasedAsync(DeployContext context, CancellationToken cancellationToken) =>
        context.SetAsync(Released, context.TimeProvider.GetUtcNow(), cancellationToken);

    /// <summary>Finds the window. It may end in the future: whoever needs all of it waits.</summary>
    public async ValueTask<TestWindow> OpenAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (past is not null)
        {
            return past;
        }

        if (!context.TryGet(Released, out var from))
        {
            await ReleasedAsync(context, cancellationToken).ConfigureAwait(false);
            context.TryGet(Released, out from);
        }

        var now = context.TimeProvider.GetUtcNow();
        var until = from + delay;
        if (until > now)
        {
            await context.SetAsync(Until, until, cancellationToken).ConfigureAwait(false);
            await context.Output.NoteAsync($"waiting {(until - now).TotalSeconds:0.#} s for something to see", cancellationToken).ConfigureAwait(false);
        }

        return new TestWindow(context.StartedAt, from, until > now ? until : now);
    }

    [JsonSerializable(typeof(DateTimeOffset))]
    private sealed partial class WindowJson : JsonSerializerContext;
}
