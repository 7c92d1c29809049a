namespace Wercker.Pipeline.Configuration;

/// <summary>What a value must look like.</summary>
internal enum KeyShape
{
    /// <summary>Anything; not looked at.</summary>
    Any,
    Text,
    TextList,
    Flag,
    Minutes,
    Services,
    Commands,
    CustomSteps,
    Targets,
    Variables,
    VariableNames,
    Map,

    /// <summary>false, true, or an object of options.</summary>
    StepToggle,
}

/// <summary>A key that the reader knows.</summary>
/// <param name="Name">The spelling that counts when there are two.</param>
/// <param name="Shape">What its value must look like.</param>
/// <param name="OlderNames">Spellings of older files.</param>
internal sealed record KnownKey(string Name, KeyShape Shape, params string[] OlderNames);

/// <summary>The keys of one kind of object.</summary>
internal sealed class KeyTable
{
    /// <summary>Nobody misspells a key that long.</summary>
    private const int LongestSuggestion = 40;

    private readonly Dictionary<string, KnownKey> _byForm = new(StringComparer.Ordinal);

    public KeyTable(params KnownKey[] keys)
    {
        Keys = keys;
        foreach (var key in keys)
        {
            foreach (var spelling in key.OlderNames.Append(key.Name))
            {
                var form = Form(spelling);
                _byForm[form] = key;
                if (key.Shape == KeyShape.Commands && !form.EndsWith("scripts", StringComparison.Ordinal))
                {
                    _byForm[form + "scripts"] = key;
                }
            }
        }
    }

    public IReadOnlyList<KnownKey> Keys { get; }

    /// <summary>The key of a spelling; case, spaces, - and _ do not count, and phases may end in "Scripts".</summary>
    public KnownKey? Find(string spelling) => _byForm.GetValueOrDefault(Form(spelling));

    /// <summary>The known key that was probably meant; null when none is near.</summary>
    public string? Nearest(string spelling)
    {
        if (spelling.Length > LongestSuggestion)
        {
            return null;
        }

        var form = Form(spelling);
        var best = _byForm
            .Where(pair => !AreOpposites(form, pair.Key))
            .Select(pair => (pair.Value.Name, Distance: EditDistance.Between(form, pair.Key), pair.Key.Length, Form: pair.Key))
            .OrderBy(candidate => candidate.Distance)
            .ThenByDescending(candidate => candidate.Length)
            .FirstOrDefault();

        // The budget is a third of the short spelling: "Scripts" at the end makes different keys look alike.
        if (best.Name is not null && best.Distance <= Math.Max(1, Math.Min(form.Length, Form(best.Name).Length) / 3))
        {
            return best.Name;
        }

        return _byForm
            .Where(pair => pair.Key.Length >= 4 && (form.StartsWith(pair.Key, StringComparison.Ordinal) || (form.Length >= 4 && pair.Key.StartsWith(form, StringComparison.Ordinal))))
            .OrderByDescending(pair => pair.Key.Length)
            .Select(pair => pair.Value.Name)
            .FirstOrDefault();
    }

    /// <summary>Who writes "post" does not mean "pre", however near the letters are.</summary>
    private static bool AreOpposites(string left, string right) =>
        (left.StartsWith("pre", StringComparison.Ordinal) && right.StartsWith("post", StringComparison.Ordinal))
        || (left.StartsWith("post", StringComparison.Ordinal) && right.StartsWith("pre", StringComparison.Ordinal));

    private static string Form(string spelling) =>
        string.Concat(spelling.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();
}
