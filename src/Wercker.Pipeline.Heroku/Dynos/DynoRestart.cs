using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>Restarts all dynos and waits for the new ones.</summary>
internal sealed class DynoRestart(HerokuApi api, HerokuOptions options)
{
    public async ValueTask<StepResult> RunAsync(CancellationToken cancellationToken)
    {
        var watch = new DynoWatch(api, options);

        // A restarted dyno keeps its name, so only what it was before tells that it is another one.
        var before = (await watch.ListAsync(cancellationToken).ConfigureAwait(false)).Select(dyno => dyno.Life).ToHashSet(StringComparer.Ordinal);
        await api.SendAsync(HttpMethod.Delete, api.Of("dynos"), null, true, cancellationToken).ConfigureAwait(false);
        var result = await watch.AwaitUpAsync("restart", dyno => !before.Contains(dyno.Life), true, cancellationToken).ConfigureAwait(false);
        return result.IsGood ? result with { Message = $"restarted; {result.Message}" } : result;
    }
}
