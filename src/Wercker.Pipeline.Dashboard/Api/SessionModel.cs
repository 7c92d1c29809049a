namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>What a program needs to know before it posts.</summary>
/// <param name="User">Who it is for the dashboard, as actions are recorded; null when nobody has a name.</param>
/// <param name="TokenHeader">The name of the header that everything that is posted must have.</param>
/// <param name="Token">Its value. It belongs to the cookie that comes with this answer.</param>
public sealed record SessionModel(string? User, string TokenHeader, string Token);
