using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Dynos;

/// <summary>Waits until the dynos that should run are up, or known not to be.</summary>
internal sealed class DynoWatch(HerokuApi api, HerokuOptions options)
{
    private const string Web = "web";

    /// <summary>All dynos that are there now.</summary>
    public async ValueTask<DynoInfo[]> ListAsync(CancellationToken cancellationToken) =>
        await api.GetAsync(api.Of("dynos"), AnswerJson.Default.DynoInfoArray, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for as many new dynos of every process type as the formation asks for.</summary>
    /// <param name="what">Whose dynos they are, for the verdict: "release v12".</param>
    /// <param name="isNew">True for dynos that count; others are on their way out.</param>
    /// <param name="oldMustGo">True to wait also until no other dyno of these types is left.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async ValueTask<StepResult> AwaitUpAsync(string what, Func<DynoInfo, bool> isNew, bool oldMustGo, CancellationToken cancellationToken)
    {
        var formation = await api.GetAsync(api.Of("formation"), AnswerJson.Default.FormationInfoArray, cancellationToken).ConfigureAwait(false);
        var wanted = formation.Where(one => one is { Type: not null, Quantity: > 0 }).ToDictionary(one => one.Type!, one => one.Quantity!.Value, StringComparer.Ordinal);
        if (wanted.Count == 0)
        {
            return StepResult.Succeeded($"{what} has no dynos to wait for: every process type is scaled to 0");
        }

        var patience = new Patience(api.Clock, options.DynoTimeout);
        var settling = new Settling(api.Clock, options.DynoSettleTime);
        DynoInfo[] seen = [];
        do
        {
            if (await api.PollAsync(api.Of("dynos"), AnswerJson.Default.DynoInfoArray, cancellationToken).ConfigureAwait(false) is not { } all)
            {
                continue;
            }

            seen = [.. all.Where(dyno => dyno.Type is not null && wanted.ContainsKey(dyno.Type))];
            var fresh = seen.Where(isNew).ToArray();
            if (fresh.Where(dyno => dyno.State is "crashed").ToArray() is { Length: > 0 } crashed)
            {
                return StepResult.Failed(
                    $"{what}: {string.Join(", ", crashed.Select(dyno => dyno.Name))} crashed. Look at the log (heroku logs --app {api.App}) for why.", EvidenceOf(seen));
            }

            var up = fresh.Where(dyno => dyno.State is "up" or "idle").ToArray();
            var enough = wanted.All(pair => up.Count(dyno => dyno.Type == pair.Key) >= pair.Value);
            if (enough && (!oldMustGo || seen.Length == fresh.Length) && settling.Holds(up, wanted.Keys.All(type => type == Web)))
            {
                return StepResult.Succeeded($"{what}: {Words(up)} up", EvidenceOf(seen));
            }
        }
        while (await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        var old = seen.Length > 0 && !seen.Any(isNew);
        return StepResult.Failed(
            old
                ? $"{what}: after {Patience.Words(patience.Limit)} only the dynos of before are there: {States(seen)}."
                : $"{what}: the dynos are not up after {Patience.Words(patience.Limit)}: {(seen.Length == 0 ? "there are none" : States(seen))}.",
            EvidenceOf(seen));
    }

    private static string Words(DynoInfo[] dynos) => $"{string.Join(", ", dynos.Select(dyno => dyno.Name))} {(dynos.Length == 1 ? "is" : "are")}";

    private static string States(DynoInfo[] dynos) => string.Join(", ", dynos.Select(dyno => $"{dyno.Name} {dyno.State ?? "in no known state"}"));

    private static Evidence EvidenceOf(DynoInfo[] dynos) => new("dynos", dynos.Length == 0 ? "no dynos" : States(dynos))
    {
        Data = new JsonObject
        {
            ["dynos"] = new JsonArray([.. dynos.Select(dyno => (JsonNode)new JsonObject
            {
                ["name"] = dyno.Name,
                ["state"] = dyno.State,
                ["release"] = dyno.Release?.Version,
            })]),
        },
    };

    /// <summary>A web dyno is up when it has bound its port; others are up at once, also when they crash a moment later.</summary>
    private sealed class Settling(TimeProvider clock, TimeSpan time)
    {
        private string _lives = string.Empty;
        private long _since;

        public bool Holds(DynoInfo[] up, bool onlyWeb)
        {
            if (onlyWeb || time <= TimeSpan.Zero)
            {
                return true;
            }

            var lives = string.Join(' ', up.Select(dyno => dyno.Life).Order(StringComparer.Ordinal));
            if (lives != _lives)
            {
                _lives = lives;
                _since = clock.GetTimestamp();
                return false;
            }

            return clock.GetElapsedTime(_since) >= time;
        }
    }
}
