namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>The last frames of a deployment, for as many viewers as there are. One writes; viewers take from where they are.</summary>
/// <remarks>Whoever is so slow that the next frame is gone is told so. Nobody is waited for.</remarks>
/// <param name="start">What a viewer has who has got none of the frames.</param>
/// <param name="mostFrames">How many frames are kept.</param>
/// <param name="mostBytes">How many bytes of data are kept.</param>
internal sealed class LiveRing(LiveCursor start, int mostFrames = 512, int mostBytes = 4 << 20)
{
    private readonly Lock _gate = new();
    private readonly Queue<LiveFrame> _frames = new();
    private TaskCompletionSource _more = New();
    private LiveCursor _oldest = start;
    private long _first;
    private int _bytes;
    private bool _isOver;

    /// <summary>What a viewer must have to go on with the oldest frame.</summary>
    public LiveCursor Oldest
    {
        get
        {
            lock (_gate)
            {
                return _oldest;
            }
        }
    }

    public void Add(LiveFrame frame)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _frames.Enqueue(frame);
            _bytes += frame.Data.Length;
            while (_frames.Count > mostFrames || (_bytes > mostBytes && _frames.Count > 1))
            {
                var old = _frames.Dequeue();
                _first++;
                _bytes -= old.Data.Length;
                _oldest = old.After ?? _oldest;
            }

            more = _more;
            _more = New();
        }

        more.SetResult();
    }

    /// <summary>No frame will come any more.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _more.TrySetResult();
    }

    /// <summary>The number of the first frame that gives a viewer something new.</summary>
    /// <returns>Null when the viewer has less than what is before the oldest frame.</returns>
    public long? Find(LiveCursor has)
    {
        lock (_gate)
        {
            if (has.Sequence < _oldest.Sequence || has.Line < _oldest.Line)
            {
                return null;
            }

            var number = _first;
            foreach (var frame in _frames)
            {
                if (frame.After is { } after && (after.Sequence > has.Sequence || after.Line > has.Line))
                {
                    break;
                }

                // The end must be seen by everybody, and gives nothing new.
                if (frame.Kind == "end")
                {
                    break;
                }

                number++;
            }

            return number;
        }
    }

    /// <summary>Takes the frames from a number on.</summary>
    /// <param name="number">The number of the first one.</param>
    /// <param name="taken">Takes them.</param>
    /// <returns>What to wait for when there are none; whether that will never come, or is gone already.</returns>
    public (Task More, bool IsOver, bool IsGone) Take(long number, List<LiveFrame> taken)
    {
        lock (_gate)
        {
            if (number < _first)
            {
                return (Task.CompletedTask, false, true);
            }

            taken.AddRange(_frames.Skip((int)(number - _first)));
            return (_more.Task, _isOver, false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
