using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing;

/// <summary>What a fake answers to commands, without any shell: replies by the command's text or by a predicate.</summary>
public sealed class CommandScript
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly List<ShellCommand> _commands = [];

    /// <summary>Refuses commands that no reply is scripted for, with an <see cref="InvalidOperationException"/>. Default: false, they exit with 0 and say nothing.</summary>
    public bool Strict { get; set; }

    /// <summary>The commands that were run, in the order in which they started.</summary>
    public IReadOnlyList<ShellCommand> Commands
    {
        get
        {
            lock (_gate)
            {
                return [.. _commands];
            }
        }
    }

    /// <summary>Scripts the replies to a command.</summary>
    /// <param name="text">The command's whole text.</param>
    /// <param name="replies">Given one after the other; the last one is given again from then on. At least one.</param>
    /// <returns>This script. A later entry wins over an earlier one that fits too.</returns>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public CommandScript On(string text, params IReadOnlyList<FakeReply> replies)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Add(new Entry($"'{text}'", command => string.Equals(command.Text, text, StringComparison.Ordinal), replies));
    }

    /// <summary>Scripts the replies to all commands that a predicate picks.</summary>
    /// <param name="predicate">Picks the commands.</param>
    /// <param name="replies">Given one after the other; the last one is given again from then on. At least one.</param>
    /// <returns>This script. A later entry wins over an earlier one that fits too.</returns>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public CommandScript On(Func<ShellCommand, bool> predicate, params IReadOnlyList<FakeReply> replies)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Add(new Entry("a predicate", predicate, replies));
    }

    /// <summary>Plays a command: records it, waits as long as the reply says, writes the reply's output.</summary>
    internal async ValueTask<CommandResult> PlayAsync(ShellCommand command, IOutputWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = NextReply(command);

        // A real shell would kill the command at the first of these limits; the reply comes only if it is faster than both.
        var limit = command.Timeout < command.NoOutputTimeout ? command.Timeout : command.NoOutputTimeout;
        var isLate = reply.Delay > limit;
        var duration = isLate ? limit : reply.Delay;
        if (duration > TimeSpan.Zero)
        {
            await Task.Delay(duration, time, cancellationToken).ConfigureAwait(false);
        }

        if (isLate)
        {
            return new CommandResult(limit == command.Timeout ? CommandEnd.TimedOut : CommandEnd.Silent, 137, duration);
        }

        if (reply.Exception is not null)
        {
            throw reply.Exception;
        }

        await reply.WriteAsync(output, cancellationToken).ConfigureAwait(false);
        return new CommandResult(reply.End, reply.ExitCode, duration) { Detail = reply.Detail };
    }

    private CommandScript Add(Entry entry)
    {
        if (entry.Replies.Count == 0)
        {
            throw new ArgumentException($"Script at least one reply for {entry.What}.", nameof(entry));
        }

        lock (_gate)
        {
            _entries.Insert(0, entry);
        }

        return this;
    }

    private FakeReply NextReply(ShellCommand command)
    {
        lock (_gate)
        {
            _commands.Add(command);
            if (_entries.Find(entry => entry.Fits(command)) is { } entry)
            {
                return entry.Replies[Math.Min(entry.Given++, entry.Replies.Count - 1)];
            }

            return !Strict
                ? new FakeReply()
                : throw new InvalidOperationException(
                    $"No reply is scripted for the command '{command.Text}'. Scripted are: {string.Join(", ", _entries.Select(e => e.What).Reverse().DefaultIfEmpty("none"))}.");
        }
    }

    private sealed record Entry(string What, Func<ShellCommand, bool> Fits, IReadOnlyList<FakeReply> Replies)
    {
        public int Given { get; set; }
    }
}
