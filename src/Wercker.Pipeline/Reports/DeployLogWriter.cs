using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Reports;

/// <summary>Writes a deployment's log, to deploy.log or wherever it is kept: every line of output behind its time, its step and its stream.</summary>
/// <remarks>
/// Built for gigabytes: one copy of each byte, no allocation per line or block, large writes. What is written is handed on
/// after <see cref="Patience"/> at the latest, so that the log can be read while it grows and little is lost with a killed process.
/// </remarks>
internal sealed class DeployLogWriter : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private const int BufferSize = 128 * 1024;
    private const int TimeLength = 24;
    private const int MaxStepName = 120;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Step, string Tag), byte[]> _prefixes = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private readonly Stream _output;
    private readonly ITimer _timer;
    private readonly string _name;
    private int _count;
    private Exception? _failure;
    private bool _isArmed;
    private bool _isClosed;

    /// <summary>Opens deploy.log; with <paramref name="append"/>, after the last line that is there.</summary>
    public DeployLogWriter(string path, bool append, TimeProvider timeProvider)
        : this(new FileStream(path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0), path, timeProvider)
    {
        if (_output.Length > 0)
        {
            _output.Seek(-1, SeekOrigin.End);
            if (_output.ReadByte() != '\n')
            {
                // The writer before us was killed within a line: what comes now must not look like its end.
                _buffer[_count++] = (byte)'\n';
            }
        }
    }

    /// <summary>Writes to something else that was opened at its end; it is flushed when what it was given is to be seen, and disposed with this.</summary>
    /// <param name="output">Where the log is kept.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="timeProvider">The clock.</param>
    public DeployLogWriter(Stream output, string name, TimeProvider timeProvider)
    {
        _output = output;
        _name = name;
        _timer = timeProvider.CreateTimer(static state => ((DeployLogWriter)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes lines of a command, or of a step's own.</summary>
    /// <exception cref="IOException">The file cannot be written, or an earlier write failed.</exception>
    public void Write(string? step, string tag, DateTimeOffset at, ReadOnlySpan<byte> lines)
    {
        Span<byte> time = stackalloc byte[TimeLength];
        at.UtcDateTime.TryFormat(time, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            if (_failure is not null || _isClosed)
            {
                throw new IOException($"{_name} cannot be written any more: {_failure?.Message ?? "it is closed"}", _failure);
            }

            var prefix = PrefixOf(step, tag);
            while (!lines.IsEmpty)
            {
                var end = lines.IndexOf((byte)'\n');
                Add(time);
                Add(prefix);
                Add(end < 0 ? lines : lines[..(end + 1)]);
                if (end < 0)
                {
                    Add("\n"u8);
                }

                lines = end < 0 ? default : lines[(end + 1)..];
            }

            if (!_isArmed && _count > 0)
            {
                _isArmed = true;
                _timer.Change(Patience, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Hands everything on, to be seen by whoever reads the log now.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                Drain();
                _output.Flush();
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            try
            {
                Drain();
            }
            finally
            {
                _output.Dispose();
            }
        }
    }

    private void OnTimer()
    {
        try
        {
            lock (_gate)
            {
                _isArmed = false;
                Flush();
            }
        }
        catch (Exception)
        {
            // Kept in _failure: the next write throws it at somebody who can say so. Here it would end the process.
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > BufferSize - _count)
        {
            var fits = BufferSize - _count;
            bytes[..fits].CopyTo(_buffer.AsSpan(_count));
            _count = BufferSize;
            bytes = bytes[fits..];
            Drain();
        }

        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    private void Drain()
    {
        try
        {
            _output.Write(_buffer.AsSpan(0, _count));
            _count = 0;
        }
        catch (Exception e)
        {
            _failure = e;
            _count = 0;
            throw;
        }
    }

    /// <summary>" step tag | ", with a step name that is one word on one line, whatever its author called it.</summary>
    private byte[] PrefixOf(string? step, string tag)
    {
        if (_prefixes.TryGetValue((step, tag), out var prefix))
        {
            return prefix;
        }

        var name = new StringBuilder();
        foreach (var rune in (step ?? string.Empty).EnumerateRunes().Take(MaxStepName))
        {
            name.Append(Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? "_" : rune.ToString());
        }

        prefix = Encoding.UTF8.GetBytes($" {(name.Length == 0 ? "-" : name)} {tag} | ");
        _prefixes.Add((step, tag), prefix);
        return prefix;
    }
}
