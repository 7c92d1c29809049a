using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.LocalHeroku.Apps;

/// <summary>The apps by name and by id.</summary>
internal sealed partial class AppRegistry
{
    private readonly ConcurrentDictionary<string, App> _byName = new(StringComparer.Ordinal);

    public IEnumerable<App> All => _byName.Values.OrderBy(a => a.Name, StringComparer.Ordinal);

    public bool TryAdd(App app) => _byName.TryAdd(app.Name, app);

    public bool TryRemove(App app) => _byName.TryRemove(KeyValuePair.Create(app.Name, app));

    public App? Find(string nameOrId) =>
        _byName.TryGetValue(nameOrId, out App? app) ? app : _byName.Values.FirstOrDefault(a => a.Id.ToString() == nameOrId);

    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,28}[a-z0-9]\z")]
    private static partial Regex Name();
}
