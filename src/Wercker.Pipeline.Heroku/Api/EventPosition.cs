namespace Wercker.Pipeline.Heroku.Api;

/// <summary>How far a stream of events was read. A server that cannot go on after an id begins again; what was read is then passed over.</summary>
internal sealed class EventPosition
{
    private string? _firstId;
    private int _read;
    private int _skip;
    private bool _isFirst = true;

    /// <summary>The id to ask for what comes after it; null when the server gives none.</summary>
    public string? LastId { get; private set; }

    /// <summary>The stream is opened once more.</summary>
    public void Reopen()
    {
        _isFirst = true;
        _skip = 0;
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="id">Its id; empty when it has none.</param>
    /// <returns>False when it was read before.</returns>
    public bool IsNew(string id)
    {
        if (_isFirst)
        {
            _isFirst = false;
            _skip = id.Length == 0 || id == _firstId ? _read : 0;
            _firstId ??= id.Length == 0 ? null : id;
        }

        if (_skip > 0)
        {
            _skip--;
            return false;
        }

        _read++;
        LastId = id.Length == 0 ? null : id;
        return true;
    }
}
