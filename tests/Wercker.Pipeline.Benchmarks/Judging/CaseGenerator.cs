namespace Wercker.Pipeline.Benchmarks.Judging;

/// <summary>What happens to a series after its deployment.</summary>
public enum CaseKind
{
    Nothing,
    LevelShift,
    Spike,
    Variance,
    DropToZero,
    WrongSeason,
    Gap,
    Empty,
}

/// <summary>What a series looks like without a deployment.</summary>
public enum CaseGround
{
    Flat,
    Noisy,
    Season,
    SeasonAndWeekend,
    Trend,
    Autocorrelated,
    Counts,
    Bursts,
}

/// <summary>Makes series of fourteen days, with a point every five minutes and a deployment somewhere in the last six.</summary>
public sealed class CaseGenerator(int seed)
{
    public const int PointsPerDay = 288;
    private const int Points = 14 * PointsPerDay;
    private readonly Random _random = new(seed);

    /// <summary>Makes a case.</summary>
    /// <param name="ground">What the series looks like.</param>
    /// <param name="kind">What happens to it.</param>
    /// <param name="length">How many points the window after the deployment has.</param>
    /// <returns>The values, null where there is none; and where the window begins.</returns>
    public (double?[] Values, int Deployment) Make(CaseGround ground, CaseKind kind, int length)
    {
        var values = Ground(ground);
        var deployment = (8 * PointsPerDay) + _random.Next(Points - (8 * PointsPerDay) - length);
        var spread = SpreadOf(values, deployment);
        var direction = _random.Next(2) == 0 ? 1 : -1;
        var at = deployment + (length / 4) + _random.Next(length / 2);
        for (var i = deployment; i < deployment + length; i++)
        {
            values[i] = kind switch
            {
                CaseKind.LevelShift => values[i] + (direction * spread * (2.5 + _random.NextDouble())),
                CaseKind.Spike => values[i] + (i == at ? spread * (5 + (3 * _random.NextDouble())) : 0),
                CaseKind.Variance => values[i] + (spread * 2 * Gauss()),
                CaseKind.DropToZero => 0,
                CaseKind.WrongSeason => values[i - (PointsPerDay / 2)] + (0.1 * spread * Gauss()),
                CaseKind.Gap => i < deployment + (length / 4) ? values[i] : null,
                CaseKind.Empty => null,
                _ => values[i],
            };
        }

        return (values, deployment);
    }

    private double?[] Ground(CaseGround ground)
    {
        var values = new double?[Points];
        var level = 50 + (450 * _random.NextDouble());
        var phase = _random.NextDouble();
        double carried = 0;
        for (var i = 0; i < Points; i++)
        {
            var day = (double)i / PointsPerDay;
            var season = Math.Sin(2 * Math.PI * (day + phase));
            carried = (0.95 * carried) + (0.3 * Gauss());
            values[i] = ground switch
            {
                CaseGround.Flat => level * (1 + (0.01 * Gauss())),
                CaseGround.Noisy => level * (1 + (0.15 * Gauss())),
                CaseGround.Season => level * (1 + (0.5 * season) + (0.05 * Gauss())),
                CaseGround.SeasonAndWeekend => level * (((int)day % 7) >= 5 ? 0.6 : 1) * (1 + (0.4 * season) + (0.06 * Gauss())),
                CaseGround.Trend => level * (1 + (0.05 * day) + (0.06 * Gauss())),
                CaseGround.Autocorrelated => level * (1 + (0.1 * carried)),
                CaseGround.Counts => Poisson(6 + (2 * season)),
                _ => level * (0.2 + (0.02 * Gauss()) + (_random.Next(40) == 0 ? 1 + (0.1 * Gauss()) : 0)),
            };
        }

        return values;
    }

    /// <summary>How much the series usually moves within a day.</summary>
    private static double SpreadOf(double?[] values, int deployment)
    {
        double[] day = [.. values[(deployment - PointsPerDay)..deployment].Select(value => value!.Value).Order()];
        return Math.Max(day[(int)(0.95 * day.Length)] - day[(int)(0.05 * day.Length)], 0.02 * Math.Abs(day[day.Length / 2]));
    }

    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private double Poisson(double mean)
    {
        var (count, product, limit) = (-1, 1.0, Math.Exp(-mean));
        do
        {
            product *= _random.NextDouble();
            count++;
        }
        while (product > limit);
        return count;
    }
}
