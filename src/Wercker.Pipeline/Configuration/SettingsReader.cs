using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads the settings of a provider. What is wrong is refused with its key path.</summary>
/// <remarks>Keys are compared without case. Values may come from environment variables, where all is text: "true" is as good as true, "3" as 3.</remarks>
/// <param name="settings">The settings.</param>
/// <param name="location">Where they stand, for messages: "wercker.json: targets.production.logTest".</param>
/// <param name="lookup">Finds environment variables by name, for settings that name one; null for those of the process.</param>
public sealed partial class SettingsReader(JsonObject settings, string location, Func<string, string?>? lookup = null)
{
    private readonly Func<string, string?> _lookup = lookup ?? Environment.GetEnvironmentVariable;

    /// <summary>Where the settings stand, for messages.</summary>
    public string Location => location;

    /// <summary>The keys that are set, as they are written.</summary>
    public IEnumerable<string> Keys => settings.Select(pair => pair.Key);

    /// <summary>Refuses keys that mean nothing, so that a typing error does not go unnoticed.</summary>
    /// <param name="known">The keys that mean something, in the order of the documentation.</param>
    /// <exception cref="ConfigurationException">There is another one.</exception>
    public void RefuseUnknown(params IReadOnlyList<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Fault(unknown, $"is not known here. Known: {string.Join(", ", known)}.");
        }
    }

    /// <summary>True when the key is set to something else than null.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it is.</returns>
    public bool Has(string key) => Node(key) is not null;

    /// <summary>A text.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text without spaces around it; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is empty, or no string.</exception>
    public string? GetText(string key) => Node(key) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is { } text && !string.IsNullOrWhiteSpace(text)
            ? text.Trim()
            : throw Fault(key, "is empty. Write a value or delete the key."),
        _ => throw Fault(key, "must be a string."),
    };

    /// <summary>A text that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text without spaces around it.</returns>
    /// <exception cref="ConfigurationException">It is not set, empty, or no string.</exception>
    public string RequireText(string key) => GetText(key) ?? throw Fault(key, "is missing.");

    /// <summary>A flag.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What holds when it is not set.</param>
    /// <returns>The flag.</returns>
    /// <exception cref="ConfigurationException">It is neither true nor false.</exception>
    public bool GetFlag(string key, bool otherwise = false) => Node(key) switch
    {
        null => otherwise,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && bool.TryParse(value.GetValue<string>(), out var flag) => flag,
        _ => throw Fault(key, "must be true or false."),
    };

    /// <summary>A number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="from">The smallest that makes sense.</param>
    /// <param name="to">The largest that makes sense.</param>
    /// <returns>The number; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no number, or out of range.</exception>
    public double? GetNumber(string key, double from = double.MinValue, double to = double.MaxValue) => Node(key) is not { } node
        ? null
        : double.TryParse(TextOf(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : throw Fault(key, string.Create(CultureInfo.InvariantCulture, $"must be a number{Range(from, to)}."));

    /// <summary>A whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="from">The smallest that makes sense.</param>
    /// <param name="to">The largest that makes sense.</param>
    /// <returns>The number; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no whole number, or out of range.</exception>
    public int? GetInteger(string key, int from = int.MinValue, int to = int.MaxValue) => Node(key) is not { } node
        ? null
        : int.TryParse(TextOf(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : throw Fault(key, $"must be a whole number{Range(from == int.MinValue ? double.MinValue : from, to == int.MaxValue ? double.MaxValue : to)}.");

    /// <summary>A number or a text that begins with one, such as a size.</summary>
    internal string? GetNumberOrText(string key) => Node(key) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number => TextOf(value),
        _ => throw Fault(key, "must be a number or a string."),
    };

    /// <summary>A duration: a number of seconds, or a text such as "250ms", "30s", "3m", "1h30m", "2d".</summary>
    /// <param name="key">The key.</param>
    /// <param name="mayBeZero">Whether nothing at all is possible.</param>
    /// <returns>The duration; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no duration, negative, above 366 days, or zero where that makes no sense.</exception>
    public TimeSpan? GetDuration(string key, bool mayBeZero = false) => Node(key) is not { } node
        ? null
        : DurationText.TryParse(TextOf(node), out var time) && (mayBeZero || time > TimeSpan.Zero)
            ? time
            : throw Fault(key, $"must be a duration {(mayBeZero ? "of 0 seconds or more" : "above 0 seconds")}: a number of seconds, or \"30s\", \"3m\", \"1h30m\".");

    /// <summary>An address.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The address; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no http or https address, or holds a user or password.</exception>
    public Uri? GetUrl(string key) => GetText(key) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
            ? url
            : throw Fault(key, "must be an https:// address without a user or key in it.");

    /// <summary>One of several words.</summary>
    /// <typeparam name="T">What the words stand for.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What holds when it is not set.</param>
    /// <param name="choices">The words, and what they stand for.</param>
    /// <returns>What the word stands for.</returns>
    /// <exception cref="ConfigurationException">It is another word.</exception>
    public T GetChoice<T>(string key, T otherwise, params IReadOnlyList<(string Word, T Value)> choices) => GetText(key) is not { } text ? otherwise
        : choices.FirstOrDefault(choice => choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { Word: not null } found
            ? found.Value
            : throw Fault(key, $"is '{text}'; it must be {string.Join(" or ", choices.Select(choice => $"\"{choice.Word}\""))}.");

    /// <summary>A list of texts; one text alone counts as a list of one.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The texts; empty when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no list of strings.</exception>
    public IReadOnlyList<string> GetList(string key) => Node(key) switch
    {
        null => [],
        JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. items.Select(item => item!.GetValue<string>())],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => throw Fault(key, "must be a list of strings."),
    };

    /// <summary>Settings within these.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Their reader; null when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no object.</exception>
    public SettingsReader? GetSection(string key) => Node(key) switch
    {
        null => null,
        JsonObject inner => Within(inner, key),
        _ => throw Fault(key, "must be an object."),
    };

    /// <summary>Makes the source that the settings describe; their key "provider" says which provider makes it.</summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="providers">Those that are known.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">The provider is not known, or it refuses its settings.</exception>
    public T Create<T>(IEnumerable<ISourceProvider<T>> providers)
    {
        ArgumentNullException.ThrowIfNull(providers);
        var word = RequireText("provider");
        var known = providers.ToList();
        return known.FirstOrDefault(provider => provider.Provider.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } found
            ? found.Create(this)
            : throw Fault("provider", $"is '{word}', which nobody here provides. Known: {(known.Count == 0 ? "none" : string.Join(", ", known.Select(provider => provider.Provider)))}.");
    }

    /// <summary>A list of settings; one object alone counts as a list of one.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Their readers, in order; empty when it is not set.</returns>
    /// <exception cref="ConfigurationException">It is no list of objects.</exception>
    public IReadOnlyList<SettingsReader> GetSections(string key) => Node(key) switch
    {
        null => [],
        JsonObject inner => [Within(inner, key)],
        JsonArray items => [.. items.Select((item, i) => item is JsonObject inner
            ? Within(inner, $"{key}[{i}]")
            : throw Fault($"{key}[{i}]", "must be an object."))],
        _ => throw Fault(key, "must be a list of objects."),
    };

    /// <summary>A secret: the setting names the environment variable that holds it, for secrets do not stand in files.</summary>
    /// <param name="key">The key whose value is the variable's name.</param>
    /// <returns>The secret; null when the key is not set.</returns>
    /// <exception cref="ConfigurationException">It is no name, or there is no such variable.</exception>
    public Secret? GetSecret(string key) => GetText(key) is not { } name ? null
        : _lookup(name) is { Length: > 0 } value
            ? new Secret(value)
            : throw Fault(key, $"names the environment variable {name}, which is not set. Export it.");

    /// <summary>What is wrong with a setting, as an exception to throw.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What is wrong and what to do, as the end of a sentence that begins with the key.</param>
    /// <returns>The exception.</returns>
    public ConfigurationException Fault(string key, string what) => new($"{LocationOf(key)} {what}") { KeyPath = key };

    /// <summary>A text, number or flag as text, exactly as it is written.</summary>
    /// <exception cref="ConfigurationException">It is null, a list or an object.</exception>
    internal string GetScalar(string key) => Node(key) is JsonValue value ? TextOf(value) : throw Fault(key, "must be a string, a number, true or false.");

    internal bool IsObject(string key) => Node(key) is JsonObject;

    /// <summary>The same settings without those of some keys.</summary>
    internal SettingsReader Without(params IReadOnlyList<string> keys) =>
        new(new JsonObject(settings.Where(pair => !keys.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value?.DeepClone()))), location, _lookup) { Places = Places, Placeholders = Placeholders };

    /// <summary>The same settings and a section that stands elsewhere.</summary>
    internal SettingsReader With(string key, SettingsReader section)
    {
        var more = settings.DeepClone().AsObject();
        more[key] = section.Settings.DeepClone();
        return new SettingsReader(more, location, _lookup) { Places = Places, Placeholders = Placeholders };
    }

    private JsonObject Settings => settings;

    private JsonNode? Node(string key) => settings.FirstOrDefault(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;

    private static string TextOf(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    private static string Range(double from, double to) => (from > double.MinValue, to < double.MaxValue) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {from} to {to}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $" of {from} or more"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {to}"),
        _ => string.Empty,
    };
}
