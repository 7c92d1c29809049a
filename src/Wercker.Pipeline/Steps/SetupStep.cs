using Wercker.Pipeline.Http;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>
/// Checks the target beforehand: credentials, existence, rights, and whether there is a way back; and notes what later tests must know of the old version.
/// Skipped when the target has nothing to check.
/// </summary>
internal sealed class SetupStep : IDeployStep
{
    private const string NothingToCheck = "the target needs no setup";

    /// <summary>The log test of later, which has to know where logs end now; null when there is none.</summary>
    internal LogTest? Log { get; init; }

    /// <summary>The HTTP tests of later, which after a roll back must know which version answered now.</summary>
    internal IReadOnlyList<HttpTest> Http { get; set; } = [];

    /// <inheritdoc />
    /// <remarks>Checking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Target is IPreflight ? StepForecast.Runs("check the target") : StepForecast.Skips(NothingToCheck);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Log is not null)
        {
            await LogTestStep.MarkAsync(Log, context, cancellationToken).ConfigureAwait(false);
        }

        var result = context.Target is IPreflight preflight
            ? await preflight.CheckAsync(context, cancellationToken).ConfigureAwait(false)
            : StepResult.Skipped(NothingToCheck);
        if (!result.IsGood)
        {
            return result;
        }

        foreach (var test in Http)
        {
            await test.NoteVersionAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return await FindWayBackAsync(context, cancellationToken).ConfigureAwait(false) is { } way
            ? result with { Message = result.Message is { } message ? $"{message}; {way}" : way }
            : result;
    }

    /// <summary>Says before anything is changed whether it could be taken back; null when there is nothing to say.</summary>
    private static async ValueTask<string?> FindWayBackAsync(DeployContext context, CancellationToken cancellationToken)
    {
        switch (context.Target)
        {
            case IReleaseHistory history:
                if (await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false) is not { } current)
                {
                    return "nothing was released before, so there is no release to go back to";
                }

                if (await history.FindRollBackObstacleAsync(context, current, cancellationToken).ConfigureAwait(false) is not { } obstacle)
                {
                    return $"{current.Id} is live, and can be gone back to";
                }

                var warning = $"{current.Id} is live, and cannot be gone back to: {obstacle}";
                await context.WarnAsync(warning, cancellationToken).ConfigureAwait(false);
                return warning;
            case IPush push when push.FindUndoObstacle() is { } missing:
                return $"a deployment cannot be taken back: {missing}";
            default:
                return null;
        }
    }
}
