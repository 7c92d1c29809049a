using System.Diagnostics;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>
/// A process that looks at the live release of every host in a loop, from outside of whatever deploys: "a.txt" and "z.txt" in it, the first file and the
/// last, must be of the same release, and must be there.
/// </summary>
internal sealed class ReleaseWatcher : IDisposable
{
    // One entry into the directory for both files: what is entered stays the same release, whatever becomes of the link.
    private const string Loop =
        """
        rounds=0
        while [ ! -e stop ]; do
          for host in h[0-9]*; do
            if ! seen=$(cd "$host/current" 2>&1 && cat a.txt z.txt 2>&1); then echo "$host: $seen"; continue; fi
            set -- $seen
            [ $# -eq 2 ] && [ "$1" = "$2" ] || echo "$host: $seen"
          done
          rounds=$((rounds + 1))
          sleep 0.1
        done
        echo "rounds $rounds"
        """;

    private readonly Process _process;
    private readonly string _directory;
    private readonly Task<string> _seen;

    /// <summary>Starts it.</summary>
    /// <param name="directory">The directory with those of the hosts, "h1" and on.</param>
    public ReleaseWatcher(string directory)
    {
        _directory = directory;
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", Loop]) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        _seen = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Ends it.</summary>
    /// <returns>Each sight of something else than a whole release, and at last how often it has looked: "rounds 12".</returns>
    public async Task<string> EndAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "stop"), string.Empty);
        return await _seen;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
