using System.Text;
using Wercker.Pipeline.Logs.Signatures;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>Where the lines of a log are: the place of every so many-th line, of the beginning of each step, and of its first signs of an error.</summary>
/// <remarks>
/// It is made by reading the log once, and goes on as the log grows. However long the log is, it takes less than 200 KiB: when the list of places is full, every second
/// one is forgotten. Not safe for several threads: <see cref="LogBook"/> sees to that.
/// </remarks>
internal sealed class LogIndex
{
    private const int MostMarks = 8192;
    private const int MostSteps = 500;
    private const int MaxHead = 512;
    private readonly Dictionary<string, LogStepMarks> _steps = new(StringComparer.Ordinal);
    private readonly List<LogStepMarks> _inOrder = [];
    private readonly byte[] _head = new byte[MaxHead];
    private readonly byte[] _name = new byte[MaxHead];
    private List<long> _marks = [0];
    private int _stride = 256;
    private long _lineStart;
    private int _headLength;
    private int _nameLength = -1;
    private LogStepMarks? _last;

    /// <summary>How many bytes were read.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many lines have ended.</summary>
    public long Lines { get; private set; }

    /// <summary>True when there are bytes behind the last line that has ended: the process was killed within it, or it is being written.</summary>
    public bool HasRest => Bytes > _lineStart;

    /// <summary>The steps with the line at which each begins, in the order of the log.</summary>
    public IReadOnlyList<LogStepMarks> Steps => _inOrder;

    /// <summary>The latest line of which the place is known and that is not behind the wanted one.</summary>
    /// <returns>Its number, from 1, and its first byte.</returns>
    public (long Line, long Offset) Find(long line)
    {
        var at = (int)Math.Min((line - 1) / _stride, _marks.Count - 1);
        return (((long)at * _stride) + 1, _marks[at]);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (end < 0 || _headLength > 0)
            {
                var fits = Math.Min(part.Length, MaxHead - _headLength);
                part[..fits].CopyTo(_head.AsSpan(_headLength));
                _headLength += fits;
            }

            if (end < 0)
            {
                Bytes += bytes.Length;
                return;
            }

            Bytes += end + 1;
            Lines++;
            Look(_headLength > 0 ? _head.AsSpan(0, _headLength) : part);
            _headLength = 0;
            _lineStart = Bytes;
            Mark();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Notes where line <c>Lines + 1</c> begins.</summary>
    private void Mark()
    {
        if (Lines % _stride != 0)
        {
            return;
        }

        if (_marks.Count == MostMarks)
        {
            _marks = [.. _marks.Where((_, i) => i % 2 == 0)];
            _stride *= 2;
            if (Lines % _stride != 0)
            {
                return;
            }
        }

        _marks.Add(Bytes);
    }

    private void Look(ReadOnlySpan<byte> line)
    {
        if (!LogText.TrySplit(line, out var name, out var stream, out var text) || StepOf(line[name]) is not { } step)
        {
            return;
        }

        var tag = line[stream];
        if (tag.SequenceEqual("pipe"u8))
        {
            if (step.BadVerdict is null && IsBadVerdict(line[text..]))
            {
                step.BadVerdict = Lines;
            }

            return;
        }

        if (step.StandardError is null && tag.SequenceEqual("err"u8))
        {
            step.StandardError = Lines;
        }

        if (step.ErrorLine is null)
        {
            Span<char> chars = stackalloc char[MaxHead];
            var head = line[text..];
            var length = Encoding.UTF8.GetChars(head[..Math.Min(head.Length, MaxHead)], chars);
            if (ErrorLine.LevelOf(chars[..length]) is LineLevel.Error or LineLevel.Suspicious)
            {
                step.ErrorLine = Lines;
            }
        }
    }

    private static bool IsBadVerdict(ReadOnlySpan<byte> text) => text.StartsWith("failed"u8) || text.StartsWith("error"u8) || text.StartsWith("inconclusive"u8);

    /// <summary>Most lines are of the same step as the one before.</summary>
    private LogStepMarks? StepOf(ReadOnlySpan<byte> name)
    {
        if (name.Length == _nameLength && name.SequenceEqual(_name.AsSpan(0, _nameLength)))
        {
            return _last;
        }

        name.CopyTo(_name);
        _nameLength = name.Length;
        var text = Encoding.UTF8.GetString(name);
        _last = text == "-" ? null : _steps.GetValueOrDefault(text);
        if (_last is null && text != "-" && _steps.Count < MostSteps)
        {
            _last = new LogStepMarks(text, Lines);
            _steps.Add(text, _last);
            _inOrder.Add(_last);
        }

        return _last;
    }
}
