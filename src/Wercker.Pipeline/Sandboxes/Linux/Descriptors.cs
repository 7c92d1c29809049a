using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The two ends of a pipe. Both close on exec, so two children started at once never hold each other's pipes.</summary>
internal readonly record struct Pipe(int ReadEnd, int WriteEnd)
{
    // The child's copies become 0, 1 and 2; none may be overwritten before it is copied, also in a process that was started without these.
    private const int FirstDescriptor = 3;

    /// <summary>Makes a pipe.</summary>
    /// <exception cref="SandboxException">The process has too many open files.</exception>
    public static unsafe Pipe Open()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
        {
            throw Failure();
        }

        var readEnd = MoveUp(ends[0]);
        var writeEnd = MoveUp(ends[1]);
        if (readEnd < 0 || writeEnd < 0)
        {
            Descriptor.CloseAll(readEnd, writeEnd);
            throw Failure();
        }

        return new Pipe(readEnd, writeEnd);
    }

    /// <summary>Lets reads return at once when there is nothing: another reader, inside of a sandbox, may have been faster.</summary>
    public Pipe WithoutWaiting()
    {
        Libc.Control(ReadEnd, Libc.SetFlags, Libc.NonBlocking);
        return this;
    }

    /// <summary>Makes two pipes, or none.</summary>
    /// <exception cref="SandboxException">The process has too many open files.</exception>
    public static (Pipe First, Pipe Second) OpenTwo()
    {
        var first = Open();
        try
        {
            return (first, Open());
        }
        catch (SandboxException)
        {
            Descriptor.CloseAll(first.ReadEnd, first.WriteEnd);
            throw;
        }
    }

    private static int MoveUp(int descriptor)
    {
        if (descriptor >= FirstDescriptor)
        {
            return descriptor;
        }

        var moved = Libc.Control(descriptor, Libc.DuplicateCloseOnExec, FirstDescriptor);
        Libc.Close(descriptor);
        return moved;
    }

    private static SandboxException Failure() => new(
        $"No pipe to the shell could be made: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}. Raise the limit of open files (ulimit -n) or run fewer deployments at once.");
}

/// <summary>Operations on raw file descriptors.</summary>
internal static class Descriptor
{
    /// <summary>Closes the descriptors that are open.</summary>
    public static void CloseAll(params ReadOnlySpan<int> descriptors)
    {
        foreach (var descriptor in descriptors)
        {
            if (descriptor >= 0)
            {
                Libc.Close(descriptor);
            }
        }
    }
}
