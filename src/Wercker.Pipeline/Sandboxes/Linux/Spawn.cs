using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>Starts a process in a session of its own, with exactly the descriptors and variables that it is given.</summary>
/// <remarks>
/// System.Diagnostics.Process can give a child neither a session nor a pipe of our own, and the parent-death signal of Linux is no
/// substitute for a kill: it is tied to the thread that started the child, and .NET retires its threads.
/// </remarks>
internal static unsafe partial class Spawn
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int FirstOther = 3;
    private const int MostLikelyLast = 256;

    /// <summary>Starts it. Nothing but a lack of memory can make the preparing calls fail, and .NET does not survive that anyway.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">argv, the program's own name first.</param>
    /// <param name="environment">NAME=value.</param>
    /// <param name="directory">The working directory.</param>
    /// <param name="standardOutput">What becomes its stdout; its stdin is /dev/null.</param>
    /// <param name="standardError">What becomes its stderr.</param>
    /// <returns>The pid.</returns>
    /// <exception cref="SandboxException">The kernel refused; the message says why.</exception>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string directory, int standardOutput, int standardError)
    {
        // The three opaque structures take 80, 336 and 128 bytes in glibc and less in musl.
        var actions = NativeMemory.AllocZeroed(512);
        var attributes = NativeMemory.AllocZeroed(1024);
        var signals = (byte*)NativeMemory.AllocZeroed(256);
        Initialize(actions);
        InitializeAttributes(attributes);
        using var argv = new NativeStrings(arguments);
        using var envp = new NativeStrings(environment);
        try
        {
            SetMask(attributes, signals);
            new Span<byte>(signals, 128).Fill(0xff);

            // .NET ignores SIGPIPE, and an ignored signal stays ignored after exec: `yes | head` would never end.
            SetDefaults(attributes, signals);
            SetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
            AddOpen(actions, 0, "/dev/null", 0, 0);
            AddDuplicate(actions, standardOutput, 1);
            AddDuplicate(actions, standardError, 2);
            CloseOthers(actions);
            AddChangeDirectory(actions, directory);
            int pid;
            var error = Start(&pid, path, actions, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? pid : throw new SandboxException($"{path} could not be started in {directory}: {new Win32Exception(error).Message}.");
        }
        finally
        {
            Destroy(actions);
            DestroyAttributes(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(signals);
        }
    }

    /// <summary>Whoever started this process may have left descriptors open that do not close on exec; the sandbox shall not have them.</summary>
    private static void CloseOthers(void* actions)
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out var closeFrom))
        {
            ((delegate* unmanaged<void*, int, int>)closeFrom)(actions, FirstOther);
            return;
        }

        for (var descriptor = FirstOther; descriptor < MostLikelyLast; descriptor++)
        {
            AddClose(actions, descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Start(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial void Initialize(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial void Destroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial void AddDuplicate(void* actions, int here, int there);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void AddOpen(void* actions, int there, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    private static partial void AddClose(void* actions, int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void AddChangeDirectory(void* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial void InitializeAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial void DestroyAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial void SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial void SetDefaults(void* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial void SetMask(void* attributes, byte* signals);
}
