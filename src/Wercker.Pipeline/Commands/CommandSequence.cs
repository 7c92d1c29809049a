using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Commands;

/// <summary>Runs a command somewhere else than in the sandbox.</summary>
internal delegate ValueTask<CommandResult> RunElsewhere(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken);

/// <summary>How far a process that was cut off had come with commands that are not to be run twice, and who is told how far this one comes.</summary>
/// <param name="Done">How many had succeeded: they are not run again.</param>
/// <param name="OnStart">Told, before a command is run, how many have succeeded when it has.</param>
/// <param name="OnDone">Told how many have succeeded, after each.</param>
internal sealed record CommandBookmark(int Done, Func<int, ValueTask> OnStart, Func<int, ValueTask> OnDone);

/// <summary>The commands of one phase: run in order, the first failure stops the rest except what always runs.</summary>
internal sealed class CommandSequence(IReadOnlyList<WerckerCommand> commands)
{
    public const string HiddenText = "(hidden command)";

    public bool HasAlwaysRun { get; } = commands.Any(command => command.RunAlways);

    public bool IsEmpty => commands.Count == 0;

    public IReadOnlyList<string> Texts { get; } = [.. commands.Select(Shown)];

    /// <summary>Runs the commands, in the sandbox's shell or somewhere else.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="elsewhere">Runs a command somewhere else; null for the sandbox.</param>
    /// <param name="hasFailed">Whether something before them has failed: then only commands that always run are run.</param>
    /// <param name="cancellationToken">Cancels the running command and the rest.</param>
    /// <param name="bookmark">How far a process that was cut off had come; null when nobody needs to know.</param>
    /// <returns>The verdict, with every command that ran as evidence.</returns>
    public async ValueTask<StepResult> RunAsync(
        DeployContext context, RunElsewhere? elsewhere, bool hasFailed, CancellationToken cancellationToken, CommandBookmark? bookmark = null)
    {
        var pending = hasFailed ? commands.Where(command => command.RunAlways).ToArray() : commands;
        if (pending.Count == 0)
        {
            return StepResult.Skipped("the deployment has failed, and no command of this phase always runs");
        }

        var shell = elsewhere is null ? await context.OpenShellAsync(cancellationToken).ConfigureAwait(false) : null;
        if (shell is not null)
        {
            // Exports live through all phases, but every phase starts in the project's root.
            await shell.RunAsync(new ShellCommand("cd \"$WERCKER_ROOT\""), context.Output, cancellationToken).ConfigureAwait(false);
        }

        var evidence = new List<Evidence>();
        string? failure = null;
        string? group = null;
        var done = bookmark?.Done ?? 0;
        foreach (var command in pending.Skip(done))
        {
            if (failure is not null && !command.RunAlways)
            {
                continue;
            }

            if (command.Group != group && command.Group is not null)
            {
                await context.Output.NoteAsync($"# {command.Group}", cancellationToken).ConfigureAwait(false);
            }

            group = command.Group;
            await context.Output.NoteAsync($"$ {Shown(command)}", cancellationToken).ConfigureAwait(false);
            if (failure is null && bookmark is not null)
            {
                await bookmark.OnStart(done + 1).ConfigureAwait(false);
            }

            var request = new ShellCommand(command.Text) { Hidden = command.Hidden, Timeout = command.Timeout, NoOutputTimeout = command.NoOutputTimeout };
            IOutputWriter output = command.Hidden ? NoOutput.Instance : context.Output;
            context.Output.ForgetRecentLines();
            var result = shell is not null
                ? await shell.RunAsync(request, output, cancellationToken).ConfigureAwait(false)
                : await elsewhere!(request, output, cancellationToken).ConfigureAwait(false);
            await context.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            var seen = EvidenceOf(command, result, context.Output.RecentLines);
            if (result.Succeeded || failure is not null)
            {
                evidence.Add(seen);
            }
            else
            {
                // What decided comes first, for those who read only that.
                evidence.Insert(0, seen);
            }

            if (result.Detail is { } detail)
            {
                await context.Output.NoteAsync(detail, cancellationToken).ConfigureAwait(false);
            }

            if (!result.Succeeded)
            {
                var words = Words(command, result);
                await context.Output.NoteAsync(words, cancellationToken).ConfigureAwait(false);
                failure ??= words;
            }
            else if (failure is null && bookmark is not null)
            {
                await bookmark.OnDone(++done).ConfigureAwait(false);
            }
        }

        return failure is null
            ? StepResult.Succeeded($"{evidence.Count} command{(evidence.Count == 1 ? string.Empty : "s")} succeeded", evidence)
            : StepResult.Failed(failure, evidence);
    }

    private static string Shown(WerckerCommand command) => command.Hidden ? HiddenText : command.Text;

    private static string Words(WerckerCommand command, CommandResult result)
    {
        var how = result.End switch
        {
            CommandEnd.TimedOut => $"was killed: it took longer than {DurationText.Of(result.Duration)}",
            CommandEnd.Silent => "was killed: it printed nothing for too long (the no-output timeout)",
            CommandEnd.LimitReached => "was killed by a limit of the sandbox",
            _ => $"failed with exit code {result.ExitCode}",
        };
        return $"`{FirstLine(Shown(command))}` {how}{(result.Detail is null || result.End == CommandEnd.Exited ? string.Empty : $" ({result.Detail})")}";
    }

    private static Evidence EvidenceOf(WerckerCommand command, CommandResult result, string recent) => new("command", FirstLine(Shown(command)))
    {
        Text = command.Hidden || recent.Length == 0 ? null : recent,
        Data = new JsonObject
        {
            ["command"] = Shown(command),
            ["exitCode"] = result.ExitCode,
            ["end"] = result.End.ToString(),
            ["seconds"] = Math.Round(result.Duration.TotalSeconds, 3),
        },
    };

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        return end < 0 ? line.ToString() : $"{line[..end]} …";
    }

    /// <summary>Takes the output of hidden commands.</summary>
    private sealed class NoOutput : IOutputWriter
    {
        public static readonly NoOutput Instance = new();

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
