using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>Who does something, as the store records it and every report shows it.</summary>
internal static class Visitor
{
    private const int MaxLength = 120;
    private static readonly string[] Claims = [ClaimTypes.Email, "email", "preferred_username", ClaimTypes.NameIdentifier, "sub"];

    public static string NameOf(HttpContext context)
    {
        var user = context.User;
        var name = new[] { user.Identity?.Name }.Concat(Claims.Select(claim => user.FindFirst(claim)?.Value)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text))?.Trim()
            ?? $"somebody at {context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address"}";
        return name.Length > MaxLength ? name[..MaxLength] : name;
    }
}
