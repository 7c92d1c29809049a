using System.Buffers;

namespace Wercker.Pipeline.Dashboard;

/// <summary>What may stand for a project or a deployment in an address: nothing that a path, a header or a query could understand otherwise.</summary>
internal static class DashboardName
{
    public const int MaxLength = 64;
    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsName(string? text) => text is { Length: > 0 and <= MaxLength } && IsPlain(text);

    /// <summary>True for ids of deployments that reports can be kept under; others are not found.</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= MaxIdLength } && IsPlain(text);

    private static bool IsPlain(string text) => text[0] != '.' && !text.AsSpan().ContainsAnyExcept(Characters);
}
