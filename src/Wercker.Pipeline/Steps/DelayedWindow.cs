using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Steps;

/// <summary>The window that a delayed test looks at: from the moment it is due on, for its delay. Journaled, so that it survives a restart.</summary>
internal sealed partial class DelayedWindow(string key, TimeSpan delay)
{
    private readonly ContextKey<DateTimeOffset> _from = new(key, WindowJson.Default.DateTimeOffset);

    public async ValueTask<(DateTimeOffset From, DateTimeOffset Until)> WaitAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (!context.TryGet(_from, out var from))
        {
            from = context.TimeProvider.GetUtcNow();
            await context.SetAsync(_from, from, cancellationToken).ConfigureAwait(false);
        }

        var until = from + delay;
        var left = until - context.TimeProvider.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            await context.Output.NoteAsync($"waiting {left.TotalSeconds:0.#} s for something to see", cancellationToken).ConfigureAwait(false);
            await Task.Delay(left, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return (from, until);
    }

    [JsonSerializable(typeof(DateTimeOffset))]
    private sealed partial class WindowJson : JsonSerializerContext;
}
