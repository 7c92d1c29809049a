using System.Globalization;

namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>Judges generated cases and prints their confusion matrix.</summary>
internal static class GeneratedCases
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly int[] Lengths = [12, 36];

    public static async Task<int> RunAsync(TextWriter output, int cases, int seed)
    {
        var generator = new CaseGenerator(seed);
        await output.WriteLineAsync($"{cases} series of each kind on each ground, seed {seed}; windows of {string.Join(" and ", Lengths)} points, settings as they come").ConfigureAwait(false);
        await output.WriteLineAsync("| what happened | passed | failed | inconclusive |\n|---|---|---|---|").ConfigureAwait(false);
        var wrong = 0;
        foreach (var kind in Enum.GetValues<CaseKind>())
        {
            var counts = new Dictionary<StepStatus, int>();
            foreach (var ground in Enum.GetValues<CaseGround>())
            {
                if (kind == CaseKind.WrongSeason && ground is not (CaseGround.Season or CaseGround.SeasonAndWeekend))
                {
                    continue;
                }

                for (var i = 0; i < cases; i++)
                {
                    var length = Lengths[i % Lengths.Length];
                    var (values, at) = generator.Make(ground, kind, length);
                    var source = new ArraySource(new Metrics.MetricSeries(ground.ToString(), [.. values.Select((value, n) => (Start.AddMinutes(5 * n), value))]));
                    var status = (await Judge.OfAsync(source, ground.ToString(), Start.AddMinutes(5 * at), TimeSpan.FromMinutes(5 * length)).ConfigureAwait(false)).Status;
                    counts[status] = counts.GetValueOrDefault(status) + 1;
                }
            }

            var all = counts.Values.Sum();
            string Share(StepStatus status) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * counts.GetValueOrDefault(status) / all:0.0} %");
            wrong += kind == CaseKind.Empty ? counts.GetValueOrDefault(StepStatus.Succeeded) : 0;
            await output.WriteLineAsync($"| {kind} ({all}) | {Share(StepStatus.Succeeded)} | {Share(StepStatus.Failed)} | {Share(StepStatus.Inconclusive)} |").ConfigureAwait(false);
        }

        return wrong == 0 ? 0 : 1;
    }
}
