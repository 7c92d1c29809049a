using System.Buffers;
using System.Buffers.Text;
using System.IO.Enumeration;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>One process as /proc/PID/stat shows it. Pid and start time together name it for ever, the pid alone does not.</summary>
internal readonly record struct ProcessEntry(int Pid, int Parent, int Group, int Session, ulong StartTime, bool IsZombie);

/// <summary>Reads /proc.</summary>
internal static class ProcessTable
{
    private const int FieldsBeforeStartTime = 19;

    /// <summary>All processes, in no order.</summary>
    public static List<ProcessEntry> Read()
    {
        var entries = new List<ProcessEntry>(128);
        var pids = new FileSystemEnumerable<int>("/proc", static (ref FileSystemEntry entry) => int.Parse(entry.FileName, null))
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
        };
        foreach (var pid in pids)
        {
            if (TryRead(pid, out var entry))
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Reads one process; false when it is gone.</summary>
    public static bool TryRead(int pid, out ProcessEntry entry)
    {
        entry = default;
        Span<byte> buffer = stackalloc byte[1024];
        var length = ReadFile($"/proc/{pid}/stat", buffer);

        // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
        var nameEnd = length <= 0 ? -1 : buffer[..length].LastIndexOf((byte)')');
        if (nameEnd < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = buffer[(nameEnd + 2)..length];
        var state = rest[0];
        Span<ulong> fields = stackalloc ulong[FieldsBeforeStartTime];
        var index = 0;
        rest = rest[2..];
        while (index < FieldsBeforeStartTime && !rest.IsEmpty)
        {
            // A negative number (no terminal, priority) is of no interest here and becomes 0.
            fields[index++] = Utf8Parser.TryParse(rest, out ulong value, out _) ? value : 0;
            var space = rest.IndexOf((byte)' ');
            rest = space < 0 ? [] : rest[(space + 1)..];
        }

        entry = new ProcessEntry(pid, (int)fields[0], (int)fields[1], (int)fields[2], fields[FieldsBeforeStartTime - 1], state is (byte)'Z' or (byte)'X');
        return index == FieldsBeforeStartTime;
    }

    /// <summary>Whether the process was started with the text somewhere in its environment; null when it shows none at all.</summary>
    /// <remarks>A process that is just executing a program shows an empty environment until the kernel has laid out the new one.</remarks>
    public static bool? HasInEnvironment(int pid, ReadOnlySpan<byte> text)
    {
        var descriptor = Libc.Open($"/proc/{pid}/environ", Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var held = 0;
            var isEmpty = true;
            while (true)
            {
                var count = Libc.Read(descriptor, buffer.AsSpan(held));
                if (count <= 0)
                {
                    return isEmpty && count == 0 ? null : false;
                }

                isEmpty = false;

                var window = buffer.AsSpan(0, held + count);
                if (window.IndexOf(text) >= 0)
                {
                    return true;
                }

                held = Math.Min(text.Length - 1, window.Length);
                window[^held..].CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Libc.Close(descriptor);
        }
    }

    /// <summary>Reads the beginning of a file of /proc; -1 when it cannot be opened.</summary>
    public static int ReadFile(string path, Span<byte> buffer)
    {
        var descriptor = Libc.Open(path, Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return -1;
        }

        var count = Libc.Read(descriptor, buffer);
        Libc.Close(descriptor);
        return count;
    }
}
