using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wercker.Pipeline.Reports;

/// <summary>Writes deploy.log: every line of output behind its time, its step and its stream.</summary>
/// <remarks>
/// Built for gigabytes: one copy of each byte, no allocation per line or block, large writes. What is written is in the file
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
    private readonly SafeFileHandle _file;
    private readonly ITimer _timer;
    private readonly string _path;
    private int _count;
    private long _offset;
    private Exception? _failure;
    private bool _isArmed;
    private bool _isClosed;

    /// <summary>Opens the log; with <paramref name="append"/>, after the last line that is there.</summary>
    public DeployLogWriter(string path, bool append, TimeProvider timeProvider)
    {
        _path = path;
        _file = File.OpenHandle(path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _offset = RandomAccess.GetLength(_file);
        if (_offset > 0)
        {
            Span<byte> last = stackalloc byte[1];
            RandomAccess.Read(_file, last, _offset - 1);
            if (last[0] != (byte)'\n')
            {
                // The writer before us was killed within a line: what comes now must not look like its end.
                _buffer[_count++] = (byte)'\n';
            }
        }

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
                throw new IOException($"{_path} cannot be written any more: {_failure?.Message ?? "it is closed"}", _failure);
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

    /// <summary>Hands everything to the operating system.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                Drain();
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
                _file.Dispose();
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
            RandomAccess.Write(_file, _buffer.AsSpan(0, _count), _offset);
            _offset += _count;
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
