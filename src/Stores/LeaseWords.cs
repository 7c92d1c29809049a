namespace Wercker.Pipeline.Stores;

/// <summary>Who holds a target, in words for those who wait for it.</summary>
internal static class LeaseWords
{
    /// <param name="deployment">The deployment; null for a freeze.</param>
    /// <param name="owner">Who is behind it.</param>
    /// <param name="message">What it says; null for nothing.</param>
    /// <param name="since">Since when.</param>
    public static string Of(string? deployment, string owner, string? message, DateTimeOffset since) => deployment is null
        ? $"nobody: it is frozen by {owner}{(message is null ? string.Empty : $", \"{message}\"")}"
        : $"deployment {deployment} ({owner}{(message is null ? string.Empty : $", {message}")}) since {since.UtcDateTime:HH:mm:ss} UTC";

    /// <summary>With the place of who waits, 1 for the next.</summary>
    public static string Of(string? holder, int place)
    {
        var who = holder ?? "a deployment that asked before";
        return place > 1 ? $"{who}, with {place - 1} waiting before this one" : who;
    }
}
