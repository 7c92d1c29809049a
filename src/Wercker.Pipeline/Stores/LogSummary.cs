namespace Wercker.Pipeline.Stores;

/// <summary>What is kept of a deployment's output log.</summary>
/// <param name="Length">Its length in bytes.</param>
/// <param name="KeptBytes">How many bytes it takes, compressed.</param>
/// <param name="IsClosed">True when it has its end. The log of a process that was killed never gets one.</param>
public sealed record LogSummary(long Length, long KeptBytes, bool IsClosed);
