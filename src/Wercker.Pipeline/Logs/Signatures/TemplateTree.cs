namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>A group of messages that differ only in what varies.</summary>
internal sealed class Template(int[] tokens, int[] types)
{
    /// <summary>The words; <see cref="WordTable.Any"/> where messages differ.</summary>
    public int[] Tokens { get; } = tokens;

    public int[] Types { get; } = types;

    public int CountBefore { get; set; }

    /// <summary>In which place among all entries before the first one came.</summary>
    public int FirstBefore { get; set; }

    /// <summary>How many came within one window of the first.</summary>
    public int Burst { get; set; }

    public int Count { get; set; }

    public DateTimeOffset First { get; set; }

    public List<string>? Samples { get; set; }
}

/// <summary>
/// Finds the template of a message, as Drain does (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017):
/// a path of fixed length (the types of exceptions, the number of words, the first word) leads to a few templates, and the most similar one
/// wins or a new one begins. A message whose masked words were seen before skips even that.
/// </summary>
internal sealed class TemplateTree
{
    private const double Similar = 0.6;

    // Beyond this the log is no language, and more templates would only cost memory.
    private const int MostTemplates = 20_000;
    private const int MostExact = 100_000;
    private readonly Dictionary<ulong, List<Template>> _leaves = [];
    private readonly Dictionary<ulong, Template> _exact = [];

    public List<Template> Templates { get; } = [];

    public Template Find(ReadOnlySpan<int> tokens, ReadOnlySpan<int> types)
    {
        var exact = Hash(Hash(types.Length, types), tokens);
        if (_exact.TryGetValue(exact, out var known))
        {
            return known;
        }

        var path = Hash(Hash((ulong)tokens.Length + 1, types), tokens.IsEmpty ? [] : tokens[..1]);
        if (!_leaves.TryGetValue(path, out var leaf))
        {
            _leaves[path] = leaf = [];
        }

        var template = FindSimilar(leaf, tokens);
        if (template is not null)
        {
            Generalise(template.Tokens, tokens);
        }
        else if (Templates.Count < MostTemplates || leaf.Count == 0)
        {
            template = new Template(tokens.ToArray(), types.ToArray());
            leaf.Add(template);
            Templates.Add(template);
        }
        else
        {
            template = leaf[^1];
        }

        if (_exact.Count < MostExact)
        {
            _exact[exact] = template;
        }

        return template;
    }

    private static Template? FindSimilar(List<Template> leaf, ReadOnlySpan<int> tokens)
    {
        var words = 0;
        foreach (var token in tokens)
        {
            words += token == WordTable.Any ? 0 : 1;
        }

        Template? best = null;
        var most = words == 0 ? -1 : (int)Math.Ceiling(words * Similar) - 1;
        foreach (var template in leaf)
        {
            var same = 0;
            var others = template.Tokens;
            for (var i = 0; i < tokens.Length; i++)
            {
                same += tokens[i] != WordTable.Any && tokens[i] == others[i] ? 1 : 0;
            }

            if (same > most)
            {
                (most, best) = (same, template);
            }
        }

        return best;
    }

    private static void Generalise(int[] template, ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != tokens[i])
            {
                template[i] = WordTable.Any;
            }
        }
    }

    /// <summary>FNV-1a over numbers, mixed at the end.</summary>
    private static ulong Hash(ulong seed, ReadOnlySpan<int> numbers)
    {
        var hash = seed ^ 14695981039346656037;
        foreach (var number in numbers)
        {
            hash = (hash ^ (uint)number) * 1099511628211;
        }

        hash ^= hash >> 32;
        return hash * 0x9E3779B97F4A7C15;
    }

    private static ulong Hash(int seed, ReadOnlySpan<int> numbers) => Hash((ulong)seed, numbers);
}
