using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>A Range header of the API: <c>FIELD ]START..END; max=N, order=desc</c>.</summary>
internal sealed partial record ListRange(string Field, string Start, bool IsStartExclusive, string End, int Max, bool IsDescending)
{
    private const int DefaultMax = 200;
    private const int LargestMax = 1000;

    /// <exception cref="ApiException">The header asks for a member that the list is not ordered by, or cannot be read.</exception>
    public static ListRange Parse(string header, IReadOnlyList<string> fields)
    {
        if (header.Length == 0)
        {
            return new ListRange(fields[0], "", false, "", DefaultMax, false);
        }

        Match match = Form().Match(header);
        if (!match.Success || !fields.Contains(match.Groups["field"].Value))
        {
            throw new ApiException(416, "requested_range_not_satisfiable", $"Range '{header}' cannot be satisfied; allowed are {string.Join(", ", fields)}.");
        }

        int max = match.Groups["max"].Success ? int.Parse(match.Groups["max"].Value, CultureInfo.InvariantCulture) : DefaultMax;
        return new ListRange(
            match.Groups["field"].Value,
            match.Groups["start"].Value,
            match.Groups["open"].Success,
            match.Groups["end"].Value,
            Math.Clamp(max, 1, LargestMax),
            match.Groups["order"].Value == "desc");
    }

    /// <summary>The items of the range in its order; the value after which the next range begins, when there are more.</summary>
    public (JsonArray Items, string? Next, string Content) Cut(JsonArray all)
    {
        IEnumerable<JsonNode> ordered = all.OfType<JsonNode>().OrderBy(Key, Comparer<JsonNode>.Create(Compare));
        if (IsDescending)
        {
            ordered = ordered.Reverse();
        }

        int sign = IsDescending ? -1 : 1;
        JsonNode[] matching = [.. ordered
            .Where(n => Start.Length == 0 || (sign * Compare(Key(n), Start)) is var c && (IsStartExclusive ? c > 0 : c >= 0))
            .Where(n => End.Length == 0 || sign * Compare(Key(n), End) <= 0)];
        JsonNode[] items = [.. matching.Take(Max)];
        string first = items.Length > 0 ? Key(items[0]).ToString() : "";
        string last = items.Length > 0 ? Key(items[^1]).ToString() : "";
        string order = IsDescending ? ", order=desc" : "";
        string? next = matching.Length > items.Length ? string.Create(CultureInfo.InvariantCulture, $"{Field} ]{last}..; max={Max}{order}") : null;
        var cut = new JsonArray([.. items.Select(i => i.DeepClone())]);
        return (cut, next, string.Create(CultureInfo.InvariantCulture, $"{Field} {first}..{last}; max={Max}{order}"));
    }

    private JsonNode Key(JsonNode item) => item[Field]!;

    private static int Compare(JsonNode left, JsonNode right) => left.GetValueKind() == JsonValueKind.Number
        ? left.GetValue<int>().CompareTo(right.GetValue<int>())
        : string.CompareOrdinal(left.ToString(), right.ToString());

    private static int Compare(JsonNode key, string bound)
    {
        if (key.GetValueKind() != JsonValueKind.Number)
        {
            return string.CompareOrdinal(key.ToString(), bound);
        }

        return int.TryParse(bound, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? key.GetValue<int>().CompareTo(number)
            : throw new ApiException(416, "requested_range_not_satisfiable", $"'{bound}' is no number.");
    }

    [GeneratedRegex(@"^\s*(?<field>[a-z_]+)\s*(?<open>\])?(?<start>[^;.\s]*)\.\.(?<end>[^;\s]*)\s*;?\s*(?:(?:max=(?<max>\d{1,6})|order=(?<order>asc|desc))\s*[,;]?\s*)*$")]
    private static partial Regex Form();
}
