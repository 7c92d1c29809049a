using System.Text.RegularExpressions;
using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.Rooms;

/// <summary>Finds in the sources which room uses which.</summary>
/// <remarks>
/// Read from the text: using lines (plain, static, global, alias), fully qualified names, and names qualified from the
/// namespace around ("Engine.DeploymentScope"). What a file uses without ever naming its namespace is not seen.
/// </remarks>
internal sealed partial class RoomRule
{
    private const string Core = "Wercker.Pipeline";
    private readonly string _folder;
    private readonly List<SourceFile> _files;
    private readonly Dictionary<string, HashSet<string>> _typesOfRooms;

    public RoomRule(string folder, IEnumerable<SourceFile> files)
    {
        _folder = folder;
        _files = [.. files];
        _typesOfRooms = _files
            .Where(file => RoomOf(file) != RoomTable.Hallway)
            .GroupBy(RoomOf)
            .ToDictionary(room => room.Key, room => room.SelectMany(file => file.DeclaredTypes).ToHashSet());
    }

    public IReadOnlyCollection<string> Rooms => _typesOfRooms.Keys;

    public IEnumerable<string> Violations() =>
        from file in _files
        let room = RoomOf(file)
        from used in UsedRooms(file).Distinct()
        where !RoomTable.Allows(room, used)
        select $"{file.Path}: {room} must not use {used}. The table of who may know whom is in {nameof(RoomTable)}.";

    private string RoomOf(SourceFile file)
    {
        var inside = file.Path[(_folder.Length + 1)..];
        var slash = inside.IndexOf('/');
        return slash < 0 ? RoomTable.Hallway : inside[..slash];
    }

    private IEnumerable<string> UsedRooms(SourceFile file)
    {
        foreach (Match match in QualifiedName().Matches(file.Code))
        {
            var parts = match.Value.Split('.');
            var fromRoot = match.Value.StartsWith(Core + ".", StringComparison.Ordinal);
            var at = fromRoot ? 2 : 0;
            if (parts.Length > at && _typesOfRooms.TryGetValue(parts[at], out var types)
                && (fromRoot || (parts.Length > 1 && types.Contains(parts[1]))))
            {
                yield return parts[at];
            }
        }
    }

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\s*\.\s*[A-Z]\w*)+")]
    private static partial Regex QualifiedName();
}
