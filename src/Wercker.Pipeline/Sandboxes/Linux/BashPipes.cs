using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>The two named pipes of one bash: its script, and its answers.</summary>
/// <remarks>
/// They are named so that bash need not hold any descriptor while a command runs: the script is at 255 and closes on exec, the other is opened for each
/// answer. A script may then use every descriptor as it likes, and no child inherits either.
/// </remarks>
internal sealed class BashPipes
{
    /// <summary>The script's file name, relative to <see cref="Directory"/>: what bash puts before its own messages, and $0.</summary>
    public const string ScriptName = "bash";

    /// <summary>The file name of the answers' pipe.</summary>
    public const string ReplyName = "reply";
    private const int ReadWrite = 2;
    private const int OwnerOnly = 0x180;
    private static int _count;

    private BashPipes(string directory, int script, int replies, string replyRedirection)
    {
        Directory = directory;
        Script = script;
        Replies = replies;
        ReplyRedirection = replyRedirection;
    }

    /// <summary>Where they lie.</summary>
    public string Directory { get; }

    /// <summary>The script's descriptor, for writing without waiting.</summary>
    public int Script { get; }

    /// <summary>The answers' descriptor, for reading without waiting.</summary>
    public int Replies { get; }

    /// <summary>Shell text that sends an answer.</summary>
    public string ReplyRedirection { get; }

    /// <summary>Makes and opens them in a directory of their own.</summary>
    /// <param name="parent">Where that directory is made.</param>
    /// <param name="seenAs">What bash sees the parent as; null when it sees what this process sees.</param>
    /// <param name="owner">The user that bash runs as; null for that of this process.</param>
    /// <exception cref="SandboxException">They cannot be made.</exception>
    public static BashPipes Make(string parent, string? seenAs = null, int? owner = null)
    {
        var directory = Path.Combine(parent, "shell" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        System.IO.Directory.CreateDirectory(directory);
        var reply = Path.Combine(directory, ReplyName);
        var script = Open(Path.Combine(directory, ScriptName), owner, Libc.NonBlocking);
        var replies = script < 0 ? -1 : Open(reply, owner, Libc.NonBlocking);
        if (replies < 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            Descriptor.CloseAll(script);
            throw new SandboxException($"No pipe to the shell could be made in {directory}: {error}. Raise the limit of open files (ulimit -n), or choose a work directory that can hold named pipes.");
        }

        var redirection = new StringBuilder(">");
        BashScript.Quote(redirection, seenAs is null ? reply : Path.Combine(seenAs, Path.GetFileName(directory), ReplyName));
        return new BashPipes(directory, script, replies, redirection.ToString());
    }

    /// <summary>Ends the script.</summary>
    public void CloseScript() => Libc.Close(Script);

    /// <summary>Gives up the rest and removes the files.</summary>
    public void CloseReplies()
    {
        Libc.Close(Replies);
        try
        {
            File.Delete(Path.Combine(Directory, ScriptName));
            File.Delete(Path.Combine(Directory, ReplyName));
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
    public static int Open(string path, int? owner, int flags)
    {
        if (Libc.MakeFifo(path, OwnerOnly) != 0 || (owner is { } user && Libc.ChangeOwner(path, user, user) != 0))
        {
            return -1;
        }

        return Libc.Open(path, ReadWrite | flags | Libc.CloseOnExec, 0);
    }
}
