using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>Ends what a killed process left running: git, and what git started, go on without it and would bring the push to its end.</summary>
internal static class LeftProcesses
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends the processes of this user whose environment names a directory.</summary>
    /// <param name="directory">The directory; it must be one that only these processes know.</param>
    /// <param name="clock">The clock of the pauses between two looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task EndAsync(string directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // One that is just starting a program shows no environment for a moment, so nothing must be seen twice in a row.
        for (var clean = 0; clean < 2;)
        {
            var found = Find(directory);
            clean = found.Count == 0 ? clean + 1 : 0;
            found.ForEach(Kill);
            if (clean < 2)
            {
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static List<int> Find(string directory)
    {
        var mark = Encoding.UTF8.GetBytes(directory);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && id != Environment.ProcessId && Names(id, mark)),
        ];
    }

    private static bool Names(int id, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended in between, or belongs to somebody else.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It was faster.
        }
    }
}
