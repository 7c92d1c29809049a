using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The two ends of a pipe. Both close on exec, so two children started at once never hold each other's pipes.</summary>
internal readonly record struct Pipe(int ReadEnd, int WriteEnd)
{
    // The child's own copies are made at fixed numbers below this, so none can be overwritten before it is copied.
    private const int FirstDescriptor = 210;

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
    private const int StatusFlags = 4;

    /// <summary>Makes reads and writes return at once. It concerns the whole open file, so never use it on an end that a child holds too.</summary>
    public static void SetNonBlocking(int descriptor) => Libc.Control(descriptor, StatusFlags, Libc.NonBlocking);

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
