namespace Wercker.Pipeline;

/// <summary>The time that a log or metrics test looks at, on both sides of a deployment.</summary>
/// <remarks>What happened between <paramref name="Before"/> and <paramref name="From"/> is the deployment's own noise: restarts, maintenance, two versions side by side.</remarks>
/// <param name="Before">The last moment at which only the old version ran: when the deployment began. Windows to compare with end here.</param>
/// <param name="From">When the new version was there: the end of the push, or of the restart after it.</param>
/// <param name="Until">The end of the time to look at.</param>
public sealed record TestWindow(DateTimeOffset Before, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>How much of the new version's life is looked at.</summary>
    public TimeSpan Length => Until - From;

    /// <summary>Waits for a moment, by the deployment's clock. Returns at once when it is over.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="context">The running deployment.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>When the moment has come.</returns>
    public static async ValueTask WaitAsync(DateTimeOffset moment, DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var left = moment - context.TimeProvider.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
