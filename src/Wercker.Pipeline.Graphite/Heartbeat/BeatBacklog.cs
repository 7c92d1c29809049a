namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>The beats that carbon does not have yet, as far as anybody can tell.</summary>
internal sealed class BeatBacklog
{
    // Ten minutes at the default interval. Older beats tell nobody anything any more, and an outage must not fill the memory.
    private const int MostKept = 20;
    private readonly List<Beat> _waiting = [];
    private List<Beat> _sentLast = [];

    public IReadOnlyList<Beat> Waiting => _waiting;

    public void Add(Beat beat)
    {
        _waiting.Add(beat);
        DropOldest();
    }

    /// <summary>All that waited was written to the connection.</summary>
    public void Sent()
    {
        _sentLast = [.. _waiting];
        _waiting.Clear();
    }

    /// <summary>
    /// The connection broke: what was written last may not have arrived, for the first write after carbon has left still seems to succeed.
    /// Sending it twice does no harm, because the last value of a second wins.
    /// </summary>
    public void Broke()
    {
        _waiting.InsertRange(0, _sentLast);
        _sentLast = [];
        DropOldest();
    }

    private void DropOldest() => _waiting.RemoveRange(0, Math.Max(0, _waiting.Count - MostKept));
}
