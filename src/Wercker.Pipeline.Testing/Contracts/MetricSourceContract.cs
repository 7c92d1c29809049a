using System.Globalization;
using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What every <see cref="IMetricSource"/> must do.</summary>
public sealed class MetricSourceContract
{
    private const string Expression = "shop.web.heartbeat";
    private static readonly double?[] Values = [1, 2.5, -3, 0, 1e9, 0.125];
    private readonly Func<IReadOnlyList<MetricSeries>, CancellationToken, ValueTask<IMetricSource>> _create;
    private readonly DateTimeOffset _start;
    private readonly TimeSpan _step;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes a source that holds exactly these series, each found by its name as the expression; called once per rule. The kit disposes it if it can be disposed.</param>
    /// <param name="createBlind">Makes a source that cannot see: a wrong key, a host that is down.</param>
    /// <param name="start">When the series of the kit begin, on a whole step. Null for noon of 1 March 2026.</param>
    /// <param name="step">The time between points. Null for one minute.</param>
    public MetricSourceContract(
        Func<IReadOnlyList<MetricSeries>, CancellationToken, ValueTask<IMetricSource>> create,
        Func<CancellationToken, ValueTask<IMetricSource>> createBlind,
        DateTimeOffset? start = null,
        TimeSpan? step = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(createBlind);
        _create = create;
        _start = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        _step = step ?? TimeSpan.FromMinutes(1);
        Rules =
        [
            new("The source has a name that stays", token => WithValuesAsync([], NameStaysAsync, token)),
            new("The points come with their times and values, the oldest first", token => WithValuesAsync(Values, (source, t) => ExpectAsync(source, 0, 6, Values, t), token)),
            new("The window's start is in it and its end is not", token => WithValuesAsync(Values, (source, t) => ExpectAsync(source, 2, 4, [-3, 0], t), token)),
            new("A gap is never a value", token => WithValuesAsync([1, null, null, 4], (source, t) => ExpectAsync(source, 0, 4, [1, null, null, 4], t), token)),
            new("What matches nothing is an empty list and no error", token => WithValuesAsync(Values, NothingMatchesAsync, token)),
            new("Asking can be canceled", token => WithValuesAsync(Values, CancelsAsync, token)),
            new("A source that cannot see throws", token => BlindThrowsAsync(createBlind, token)),
        ];
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private async Task WithValuesAsync(IReadOnlyList<double?> values, Func<IMetricSource, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        (DateTimeOffset At, double? Value)[] points = [.. values.Select((value, i) => (_start + (i * _step), value))];
        var source = await _create(points.Length == 0 ? [] : [new MetricSeries(Expression, points)], cancellationToken).ConfigureAwait(false);
        try
        {
            await verify(source, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(source).ConfigureAwait(false);
        }
    }

    private static Task NameStaysAsync(IMetricSource source, CancellationToken cancellationToken)
    {
        var name = source.Name;
        Expect.That(!string.IsNullOrWhiteSpace(name), "The source has no name: a report could not say where the metrics were read.");
        Expect.That(source.Name == name, $"The name was '{name}' and then '{source.Name}'.");
        return Task.CompletedTask;
    }

    // A source may leave a point without a value out; it may not fill it.
    private async Task ExpectAsync(IMetricSource source, int from, int until, IReadOnlyList<double?> values, CancellationToken cancellationToken)
    {
        var series = await QueryAsync(source, Expression, from, until, cancellationToken).ConfigureAwait(false);
        Expect.That(series.Count == 1, $"One series matches, {series.Count} were read.");
        var seen = series[0].Points.Where(point => point.Value is not null).Select(point => Show(point.At, point.Value)).ToArray();
        var expected = values.Select((value, i) => (At: _start + ((from + i) * _step), Value: value)).Where(point => point.Value is not null).Select(point => Show(point.At, point.Value)).ToArray();
        Expect.That(seen.SequenceEqual(expected), $"Read [{string.Join(", ", seen)}]; expected [{string.Join(", ", expected)}].");
        Expect.That(series[0].Points.All(point => point.At >= _start + (from * _step) && point.At < _start + (until * _step)), "A point without a value lies outside the window.");
    }

    private async Task NothingMatchesAsync(IMetricSource source, CancellationToken cancellationToken)
    {
        var series = await QueryAsync(source, "shop.nobody.heartbeat", 0, 6, cancellationToken).ConfigureAwait(false);
        Expect.That(series.Count == 0, $"Nothing matches, but {series.Count} series were read.");
    }

    private Task CancelsAsync(IMetricSource source, CancellationToken cancellationToken) =>
        Expect.CanceledAsync(nameof(IMetricSource.QueryAsync), token => QueryAsync(source, Expression, 0, 6, token), cancellationToken);

    private async Task BlindThrowsAsync(Func<CancellationToken, ValueTask<IMetricSource>> createBlind, CancellationToken cancellationToken)
    {
        var source = await createBlind(cancellationToken).ConfigureAwait(false);
        try
        {
            await Expect.ThrowsAsync(
                "A source that cannot see answered as if there were nothing: a metrics test would judge by what it never saw.",
                () => QueryAsync(source, Expression, 0, 6, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(source).ConfigureAwait(false);
        }
    }

    private Task<IReadOnlyList<MetricSeries>> QueryAsync(IMetricSource source, string expression, int from, int until, CancellationToken cancellationToken) =>
        source.QueryAsync(new SourceQuery(expression, _start + (from * _step), _start + (until * _step)), cancellationToken).AsTask();

    private static string Show(DateTimeOffset at, double? value) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm:ss}={value}");
}
