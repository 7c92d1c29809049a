using System.Collections;

namespace Wercker.Pipeline.Metrics.Servers;

/// <summary>The points of a series, eight bytes each as long as they are evenly spaced, for there may be millions of them.</summary>
internal sealed class SeriesPoints : IReadOnlyList<(DateTimeOffset At, double? Value)>
{
    private double[] _values = new double[64];
    private long[]? _times;
    private long _start;

    public int Count { get; private set; }

    /// <summary>Milliseconds between the first two points; zero while there are fewer.</summary>
    public long Step { get; private set; }

    public (DateTimeOffset At, double? Value) this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return (DateTimeOffset.FromUnixTimeMilliseconds(TimeOf(index)), double.IsNaN(_values[index]) ? null : _values[index]);
        }
    }

    /// <summary>Adds a point behind the others.</summary>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="value">Its value; NaN for none.</param>
    public void Add(long time, double value)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Math.Max(64, Count * 2));
            if (_times is not null)
            {
                Array.Resize(ref _times, _values.Length);
            }
        }

        Place(time);
        _values[Count++] = value;
    }

    /// <summary>Gives back the memory that was held ready for more points.</summary>
    public SeriesPoints Trim()
    {
        Array.Resize(ref _values, Count);
        if (_times is not null)
        {
            Array.Resize(ref _times, Count);
        }

        return this;
    }

    /// <summary>The points of a part of the time.</summary>
    /// <param name="from">Its start in milliseconds, included.</param>
    /// <param name="until">Its end, excluded.</param>
    public SeriesPoints Between(long from, long until)
    {
        if (Count > 0 && TimeOf(0) >= from && TimeOf(Count - 1) < until)
        {
            return this;
        }

        var part = new SeriesPoints();
        for (var i = 0; i < Count; i++)
        {
            if (TimeOf(i) is var time && time >= from && time < until)
            {
                part.Add(time, _values[i]);
            }
        }

        return part.Trim();
    }

    public IEnumerator<(DateTimeOffset At, double? Value)> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private long TimeOf(int index) => _times is null ? _start + (index * Step) : _times[index];

    private void Place(long time)
    {
        if (_times is null && Count == 0)
        {
            _start = time;
        }
        else if (_times is null && Count == 1)
        {
            Step = time - _start;
        }
        else if (_times is null && time != _start + (Count * Step))
        {
            var times = new long[_values.Length];
            for (var i = 0; i < Count; i++)
            {
                times[i] = TimeOf(i);
            }

            _times = times;
        }

        if (_times is not null)
        {
            _times[Count] = time;
        }
    }
}
