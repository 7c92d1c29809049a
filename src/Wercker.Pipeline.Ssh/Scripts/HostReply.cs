using System.Text;

namespace Wercker.Pipeline.Ssh.Scripts;

/// <summary>What a script said: facts, and the words of the commands in it.</summary>
internal sealed class HostReply
{
    private const string Mark = "@wercker ";
    private const int WordsKept = 20;
    private readonly List<(string Key, string Value)> _facts = [];
    private readonly Queue<string> _words = [];
    private readonly Dictionary<OutputStream, StringBuilder> _open = new() { [OutputStream.Output] = new(), [OutputStream.Error] = new() };
    private readonly TaskCompletionSource<long?> _need = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The exit code; set at the end.</summary>
    public int ExitCode { get; set; } = -1;

    /// <summary>From which byte on the script needs its upload; null when it needs none.</summary>
    public Task<long?> Need => _need.Task;

    /// <summary>The last lines that are no facts.</summary>
    public string Words => string.Join('\n', _words);

    /// <summary>The value of a fact; null when it was not said.</summary>
    public string? this[string key] => _facts.FindLast(fact => fact.Key == key) is { Key: not null } found ? found.Value : null;

    public bool Has(string key) => this[key] is not null;

    public IEnumerable<string> All(string key) => _facts.Where(fact => fact.Key == key).Select(fact => fact.Value);

    /// <summary>Takes output; gives back the whole lines that are no facts.</summary>
    public IReadOnlyList<string> Take(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        // Latin-1 keeps bytes apart from characters until a line is whole.
        var open = _open[stream].Append(Encoding.Latin1.GetString(bytes));
        var lines = open.ToString().Split('\n');
        open.Clear().Append(lines[^1]);
        return [.. lines[..^1].Select(line => Take(stream, line)).OfType<string>()];
    }

    /// <summary>There will be no more; gives back what is left.</summary>
    public IReadOnlyList<string> End()
    {
        _need.TrySetResult(null);
        return [.. _open.Where(pair => pair.Value.Length > 0).Select(pair => Take(pair.Key, pair.Value.ToString())).OfType<string>()];
    }

    /// <summary>Why the script did not do what it should.</summary>
    public string Complaint() => All("fail").FirstOrDefault() is { } said
        ? _words.Count > 0 ? $"{said}: {_words.Last()}" : said
        : $"the script ended with exit code {ExitCode}{(_words.Count > 0 ? $": {_words.Last()}" : " and said nothing")}";

    private string? Take(OutputStream stream, string raw)
    {
        var line = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(raw)).TrimEnd('\r');
        if (stream == OutputStream.Output && line.StartsWith(Mark, StringComparison.Ordinal))
        {
            var (key, value) = line[Mark.Length..].Split(' ', 2) is [var name, var rest] ? (name, rest.Trim()) : (line[Mark.Length..].Trim(), string.Empty);
            _facts.Add((key, value));
            if (key == "need" && long.TryParse(value, out var offset))
            {
                _need.TrySetResult(offset);
            }

            return null;
        }

        _words.Enqueue(line);
        if (_words.Count > WordsKept)
        {
            _words.Dequeue();
        }

        return line;
    }
}
