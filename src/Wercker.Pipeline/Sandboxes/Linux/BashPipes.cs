using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>What one bash is driven by: a script that grows, a pipe by which bash is told that it has grown, and a pipe of answers.</summary>
/// <remarks>
/// Bash reads a pipe byte by byte, about a millisecond for a thousand of them, but a file by the block. So the script is a file, and at its end bash waits
/// for a line of a pipe. When nobody holds that pipe any more, bash comes to the end of its script and leaves. All are named, so that bash need not hold any
/// descriptor while a command runs: the script is at 255 and closes on exec, the pipes are opened for a moment. A script may then use every descriptor as it
/// likes, and no child inherits one of these.
/// </remarks>
internal sealed class BashPipes
{
    /// <summary>The script's file name, relative to <see cref="Directory"/>: what bash puts before its own messages, and $0.</summary>
    public const string ScriptName = "bash";

    /// <summary>The file name of the answers' pipe.</summary>
    public const string ReplyName = "reply";
    private const string NextName = "next";
    private const int OwnerOnly = 0x180;

    /// <summary>Bash takes no larger blocks than the script was long when it was opened.</summary>
    private const int FirstBlock = 1024;
    private static int _count;
    private readonly string _seenAs;
    private readonly int? _owner;
    private readonly int _script;
    private readonly int _next;
    private long _length;
    private long _read;

    private BashPipes(string directory, string seenAs, int? owner, (int Script, int Next, int Replies) ends)
    {
        Directory = directory;
        (_seenAs, _owner) = (seenAs, owner);
        (_script, _next, Replies) = ends;
        ReplyRedirection = ">" + Quoted(Path.Combine(seenAs, ReplyName));

        // Descriptor 9 is put back behind it, and a trap that runs meanwhile finds 0 to 2 as commands do. Without a time, TMOUT would hold.
        Wait = $"builtin read -rt 999999999 -u 9 _ 9<{Quoted(Path.Combine(seenAs, NextName))}\n";
    }

    /// <summary>Where they lie.</summary>
    public string Directory { get; }

    /// <summary>The answers' descriptor, for reading without waiting.</summary>
    public int Replies { get; }

    /// <summary>Shell text that sends an answer.</summary>
    public string ReplyRedirection { get; }

    /// <summary>Shell text that waits for the script to grow; the last line of everything that is sent.</summary>
    public string Wait { get; }

    /// <summary>Makes and opens them in a directory of their own.</summary>
    /// <param name="parent">Where that directory is made.</param>
    /// <param name="seenAs">What bash sees the parent as; null when it sees what this process sees.</param>
    /// <param name="owner">The user that bash runs as; null for that of this process.</param>
    /// <exception cref="SandboxException">They cannot be made.</exception>
    public static BashPipes Make(string parent, string? seenAs = null, int? owner = null)
    {
        var name = "shell" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var directory = Path.Combine(parent, name);
        System.IO.Directory.CreateDirectory(directory);
        var script = Libc.Open(Path.Combine(directory, ScriptName), Libc.NewFile | Libc.CloseOnExec, OwnerOnly);
        var next = script < 0 || !Own(Path.Combine(directory, ScriptName), owner) ? -1 : Open(Path.Combine(directory, NextName), owner, Libc.NonBlocking);
        var replies = next < 0 ? -1 : Open(Path.Combine(directory, ReplyName), owner, Libc.NonBlocking);
        var pipes = new BashPipes(directory, Path.Combine(seenAs ?? parent, name), owner, (script, next, replies));
        if (replies < 0 || !pipes.Append(Encoding.UTF8.GetBytes(string.Concat("#".PadRight(FirstBlock), "\n", pipes.Wait))))
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            Descriptor.CloseAll(script, next, replies);
            throw new SandboxException($"No pipe to the shell could be made in {directory}: {error}. Raise the limit of open files (ulimit -n), or choose a work directory that can hold named pipes.");
        }

        return pipes;
    }

    /// <summary>Lets the script grow, and bash go on.</summary>
    /// <returns>False when there is no room for it; then bash still waits.</returns>
    public bool Send(ReadOnlySpan<byte> text)
    {
        if (_read > 0)
        {
            // What has been run may hold what nobody needs to find.
            Libc.PunchHole(_script, _read);
        }

        return Append(text) && LetGoOn();
    }

    /// <summary>Lets bash go on to the end of the script.</summary>
    public void End() => LetGoOn();

    /// <summary>Makes the stdin of one command.</summary>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public PipeInput OpenInput()
    {
        var name = "input" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(Directory, name);
        return Libc.MakeFifo(path, OwnerOnly) == 0 && Own(path, _owner)
            ? new PipeInput(path, Quoted(Path.Combine(_seenAs, name)))
            : throw new SandboxException($"The stdin of a command, {path}, could not be made: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Notes that bash has read all that was sent.</summary>
    public void NoteRead() => Volatile.Write(ref _read, _length);

    /// <summary>Gives up everything and removes the files.</summary>
    public void Close()
    {
        Descriptor.CloseAll(_script, _next, Replies);
        try
        {
            foreach (var name in (string[])[ScriptName, NextName, ReplyName])
            {
                File.Delete(Path.Combine(Directory, name));
            }

            System.IO.Directory.Delete(Directory);
        }
        catch (IOException)
        {
            // A command was there first, or left something; it goes with the work directory.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Makes a named pipe and opens both ends at once: opening waits for nobody, and neither side ever sees the end while this process has it open.</summary>
    /// <param name="path">The pipe's path, which does not exist.</param>
    /// <param name="owner">Who else may open it; null for this process's user.</param>
    /// <param name="flags">Flags of open(2).</param>
    /// <returns>The descriptor; -1 when it cannot be made, and then the last error says why.</returns>
    public static int Open(string path, int? owner, int flags) =>
        Libc.MakeFifo(path, OwnerOnly) == 0 && Own(path, owner) ? Libc.Open(path, Libc.ReadWrite | flags | Libc.CloseOnExec, 0) : -1;

    private static bool Own(string path, int? owner) => owner is not { } user || Libc.ChangeOwner(path, user, user) == 0;

    private static string Quoted(string path)
    {
        var text = new StringBuilder();
        BashScript.Quote(text, path);
        return text.ToString();
    }

    private bool Append(ReadOnlySpan<byte> text)
    {
        for (var rest = text; !rest.IsEmpty;)
        {
            var count = Libc.Write(_script, rest);
            if (count <= 0)
            {
                Libc.Truncate(_script, _length);
                return false;
            }

            rest = rest[count..];
        }

        _length += text.Length;
        return true;
    }

    private bool LetGoOn() => Libc.Write(_next, "\n"u8) == 1;
}
