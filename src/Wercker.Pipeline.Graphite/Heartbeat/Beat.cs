namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>One sign of life.</summary>
/// <param name="At">Seconds since 1970.</param>
/// <param name="Number">Counts the beats of a process from 1: a value that stands still is somebody else repeating the last one.</param>
internal readonly record struct Beat(long At, long Number);
