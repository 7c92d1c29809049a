using System.Globalization;
using Docker.DotNet;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>Knows how often the kernel has enforced the limits of a container, and tells when it has done so again.</summary>
internal sealed class LimitWatch(ContainerPrograms programs, SandboxSpec spec)
{
    // Of both generations of control groups. A loop of bash, because a full container starts no further process.
    private const string Script = """
        shopt -s nullglob
        for file in /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events /sys/fs/cgroup/pids/pids.events /sys/fs/cgroup/pids.events; do
          while read -r word count; do echo "${file##*/} $word $count"; done <"$file"
        done
        """;

    private long _kills;
    private long _refusals;

    /// <summary>Looks after a command has failed. Without limits there is nothing to look for.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (spec.Memory is null && spec.Processes is null)
        {
            return null;
        }

        // One that is almost full lets a program start at one time and not at the next.
        var text = await LookAsync(cancellationToken).ConfigureAwait(false) ?? await LookAsync(cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            // Then the engine's own count tells whether it is full: what is refused now was refused to the command. The shell whose fork was refused may have ended with it,
            // so one place may be free, and a program needs more than one while it starts.
            return spec.Processes is { } most && await programs.CountProcessesAsync(cancellationToken).ConfigureAwait(false) >= most - 1 ? spec.ProcessesVerdict : null;
        }

        var (kills, refusals) = Count(text);
        var (killed, refused) = (kills > _kills, refusals > _refusals);
        (_kills, _refusals) = (kills, refusals);
        return killed && spec.Memory is not null ? spec.MemoryVerdict : refused && spec.Processes is not null ? spec.ProcessesVerdict : null;
    }

    /// <summary>The text of the kernel's counters; null when it cannot be had, for the container has ended or is too full to run anything more.</summary>
    private async ValueTask<string?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var text = (await programs.RunAsync(["bash", "--noprofile", "--norc", "-c", Script], cancellationToken).WaitAsync(TimeSpan.FromSeconds(10), cancellationToken).ConfigureAwait(false)).Output;

            // What comes instead of the counters may be the engine's complaint that it could start nothing.
            return text.Contains("pids.events max ", StringComparison.Ordinal) ? text : null;
        }
        catch (Exception e) when (e is DockerApiException or IOException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The kernel's counters.</summary>
    internal static (long Kills, long Refusals) Count(string text)
    {
        var (kills, refusals) = (0L, 0L);
        foreach (var words in text.Split('\n').Select(line => line.Split(' ')))
        {
            if (words is [var file, var word, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var count))
            {
                kills = file.StartsWith("memory", StringComparison.Ordinal) && word == "oom_kill" ? count : kills;
                refusals = file == "pids.events" && word == "max" ? count : refusals;
            }
        }

        return (kills, refusals);
    }
}
