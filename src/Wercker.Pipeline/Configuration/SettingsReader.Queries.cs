using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Configuration;

public sealed partial class SettingsReader
{
    private const int MisspeltBy = 2;

    // Of other meanings that braces have in queries: {a,b} is a choice, {job="shop"} selects by a label.
    private static readonly string[] Known = ["app", "target", "revision"];

    /// <summary>What {name} stands for in queries: "app", "target" and "revision". Empty by default; a query that names one is then refused.</summary>
    public IReadOnlyDictionary<string, string> Placeholders { get; init; } = new Dictionary<string, string>();

    /// <summary>Finds the line and column of a key path, as "wercker.json:12:20"; null for one that stands in no file.</summary>
    internal Func<string, string?>? Places { get; init; }

    /// <summary>A query or expression, with {app}, {target} and {revision} filled in.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is empty, no string, or has a placeholder that is misspelt or that nobody fills in here.</exception>
    public string? GetQuery(string key) => GetText(key) is { } text ? Braced().Replace(text, word => Fill(key, word)) : null;

    private string Fill(string key, Match word)
    {
        var name = word.Groups[1].Value;
        return Placeholders.TryGetValue(name, out var value) ? value
            : Known.Contains(name, StringComparer.Ordinal) ? throw Fault(key, $"has {{{name}}} in it, which only a deployment can fill in.")
            : Known.FirstOrDefault(known => EditDistance.Between(name, known) <= MisspeltBy && name.Length > MisspeltBy + 1) is { } near
                ? throw Fault(key, $"has {{{name}}} in it, which stands for nothing. Did you mean {{{near}}}?")
            : word.Value;
    }

    private SettingsReader Within(JsonObject inner, string key) => new(inner, LocationOf(key), _lookup) { Places = Places, Placeholders = Placeholders };

    /// <summary>Where a key of these settings stands: with its own line and column when it stands in a file, else with those of the settings.</summary>
    private string LocationOf(string key)
    {
        var separator = location.LastIndexOf(": ", StringComparison.Ordinal);
        var path = $"{(separator < 0 ? location : location[(separator + 2)..])}.{key}";
        return Places?.Invoke(path) is { } place ? $"{place}: {path}" : $"{location}.{key}";
    }

    [GeneratedRegex(@"\{([A-Za-z]+)\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Braced();
}
