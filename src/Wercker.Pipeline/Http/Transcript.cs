using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Http;

/// <summary>What was seen, try by try; the first and the last ones when there are many. The same thing seen again is counted.</summary>
/// <param name="rules">What was asked.</param>
/// <param name="expected">The expected version.</param>
/// <param name="start">When the first try began.</param>
/// <param name="mask">Hides secrets.</param>
internal sealed class Transcript(HttpTestRules rules, string expected, DateTimeOffset start, Func<string, string> mask)
{
    private const int Kept = 30;
    private const int LongestWords = 500;
    private readonly List<Line> _first = [];
    private readonly Queue<Line> _last = new();
    private Line? _current;
    private int _left;

    /// <summary>Adds a try.</summary>
    /// <returns>A line to show; null when it says what the line before has said.</returns>
    public string? Add(Probe probe, DateTimeOffset at)
    {
        if (_current is { } current && current.Probe.Outcome == probe.Outcome && current.Probe.Version == probe.Version && current.Probe.Status == probe.Status && probe.IsCutOver)
        {
            current.Count++;
            return null;
        }

        _current = new Line(probe with { Words = Cut(mask(probe.Words)) }, at - start);
        if (_first.Count < Kept)
        {
            _first.Add(_current);
        }
        else
        {
            _last.Enqueue(_current);
            if (_last.Count > Kept)
            {
                _last.Dequeue();
                _left++;
            }
        }

        return _current.Probe.Words;
    }

    public Evidence ToEvidence()
    {
        var text = new StringBuilder();
        foreach (var line in _first)
        {
            Append(text, line);
        }

        if (_left > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"… {_left} more …\n");
        }

        foreach (var line in _last)
        {
            Append(text, line);
        }

        return new Evidence("http", $"GET {rules.Url}")
        {
            Text = text.ToString().TrimEnd('\n'),
            Data = new JsonObject
            {
                ["url"] = rules.Url!.ToString(),
                ["version"] = expected,
                ["passes"] = rules.Passes,
                ["tries"] = rules.Tries,
                ["probes"] = new JsonArray([.. _first.Concat(_last).Select(JsonNode (line) => line.ToJson())]),
                ["left"] = _left,
            },
        };
    }

    private static void Append(StringBuilder text, Line line) => text
        .Append(CultureInfo.InvariantCulture, $"+{line.At.TotalSeconds:0.0} s  {line.Probe.Words}")
        .Append(line.Count > 1 ? $" (seen {line.Count} times)" : string.Empty)
        .Append('\n');

    private static string Cut(string words) => words.Length <= LongestWords ? words : words[..LongestWords] + "…";

    private sealed class Line(Probe probe, TimeSpan at)
    {
        public Probe Probe { get; } = probe;

        public TimeSpan At { get; } = at;

        public int Count { get; set; } = 1;

        public JsonObject ToJson() => new JsonObject
        {
            ["seconds"] = Math.Round(At.TotalSeconds, 3),
            ["outcome"] = Probe.Outcome.ToString(),
            ["status"] = Probe.Status,
            ["version"] = Probe.Version,
            ["milliseconds"] = Probe.Elapsed is { } elapsed ? Math.Round(elapsed.TotalMilliseconds, 1) : null,
            ["words"] = Probe.Words,
            ["count"] = Count,
        };
    }
}
