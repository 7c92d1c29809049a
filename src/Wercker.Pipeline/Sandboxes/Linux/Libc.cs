using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The calls of the C library that .NET has no words for. The numbers are those of Linux on x64 and arm64.</summary>
internal static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int DuplicateCloseOnExec = 1030;
    public const int SetPipeSize = 1031;
    public const int SetFlags = 4;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int DirectoryOnly = 0x10000;
    public const int LockAlone = 2;
    public const int LockAtOnce = 4;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoOtherEnd = 6;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SetChildSubreaper = 36;
    public const int GetChildSubreaper = 37;
    public const int WriteAccess = 2;
    public const int ExecuteAccess = 1;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;

    /// <summary>For writing at the end of a file that did not exist.</summary>
    public const int NewFile = 0x1 | 0x40 | 0x80 | 0x400;

    private const int WaitForPid = 1;
    private const int WaitExited = 4;
    private const int KeepZombie = 0x01000000;
    private const int NoHang = 1;
    private const nuint ReadableCount = 0x541b;
    private const nint PidFdOpen = 434;
    private const nint PidFdSendSignal = 424;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int LockFile(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, int mode);

    /// <summary>Of a link itself, not of what it points to.</summary>
    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial int EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int InputOutputControl(int descriptor, nuint request, int* result);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadOnce(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteOnce(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint argument1, nint argument2, nint argument3, nint argument4);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatExtended(int directory, string path, int flags, uint mask, byte* result);

    /// <summary>Reads what is there, waiting for the first byte; -1 is an error, 0 the end.</summary>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            nint count;
            do
            {
                count = ReadOnce(descriptor, pointer, (nuint)buffer.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);

            return (int)count;
        }
    }

    /// <summary>Writes some of the bytes; -1 is an error.</summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            nint count;
            do
            {
                count = WriteOnce(descriptor, pointer, (nuint)bytes.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);

            return (int)count;
        }
    }

    /// <summary>Takes the first bytes out of a file without moving the others, where its file system can do that.</summary>
    public static void PunchHole(int descriptor, long length)
    {
        const int keepSizeAndPunch = 0x01 | 0x02;
        _ = Allocate(descriptor, keepSizeAndPunch, 0, length);
    }

    /// <summary>How many bytes are in a pipe.</summary>
    public static int CountReadable(int descriptor)
    {
        int count;
        return InputOutputControl(descriptor, ReadableCount, &count) == 0 ? count : 0;
    }

    /// <summary>Asks whether a descriptor is ready, waiting at most the given time.</summary>
    public static bool IsReady(int descriptor, short events, int milliseconds)
    {
        var request = new PollFd { Descriptor = descriptor, Events = events };
        return Poll(&request, 1, milliseconds) > 0;
    }

    /// <summary>A descriptor that becomes readable when the process ends; -1 where the kernel has none (before 5.3).</summary>
    public static int OpenPidFd(int pid) => (int)SystemCall(PidFdOpen, pid, 0, 0, 0);

    /// <summary>Sends a signal to the very process that a pidfd stands for, or to a pid when there is no pidfd.</summary>
    public static void Signal(int pidFd, int pid, int signal)
    {
        if (pidFd >= 0)
        {
            SystemCall(PidFdSendSignal, pidFd, signal, 0, 0);
            return;
        }

        Kill(pid, signal);
    }

    /// <summary>
    /// How a child ended: its exit code or 128 + signal; null while it runs. The zombie stays, so that its pid, which is also the id of its
    /// session and its process group, cannot come to stand for something else.
    /// </summary>
    public static int? PeekExit(int pid)
    {
        var info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        if (WaitId(WaitForPid, pid, info, WaitExited | KeepZombie | NoHang) != 0)
        {
            // Somebody else reaped it: SIGCHLD is ignored in this process, or a library waits for every child.
            return 255;
        }

        var code = *(int*)(info + 8);
        var status = *(int*)(info + 24);
        return *(int*)(info + 16) == 0 ? null : code == 1 ? status : 128 + status;
    }

    /// <summary>Takes a dead child out of the process table.</summary>
    public static void Reap(int pid)
    {
        var info = stackalloc byte[128];
        WaitId(WaitForPid, pid, info, WaitExited | NoHang);
    }

    /// <summary>The mode of a file itself, links not followed: type bits and permissions; -1 when it cannot be told.</summary>
    public static int ModeOf(string path)
    {
        var result = stackalloc byte[256];
        return Look(path, result) ? *(ushort*)(result + 28) : -1;
    }

    /// <summary>The user that a file itself belongs to, links not followed; -1 when it cannot be told.</summary>
    public static int OwnerOf(string path)
    {
        var result = stackalloc byte[256];
        return Look(path, result) ? *(int*)(result + 20) : -1;
    }

    private static bool Look(string path, byte* result)
    {
        const int currentDirectory = -100;
        const int doNotFollow = 0x100;
        const uint typeModeAndOwner = 0x0b;
        return StatExtended(currentDirectory, path, doNotFollow, typeModeAndOwner, result) == 0;
    }
}
