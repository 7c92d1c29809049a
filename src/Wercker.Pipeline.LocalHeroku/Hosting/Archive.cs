using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>Packs and unpacks compressed tar files by the system's own tar, which keeps modes and links as they are.</summary>
internal static class Archive
{
    /// <exception cref="InvalidDataException">The file is no tar, or is damaged.</exception>
    public static Task ExtractAsync(LocalPlatform platform, string file, string directory) =>
        RunAsync(platform, ["-xf", file, "-C", directory, "--no-same-owner"], directory);

    public static Task CreateAsync(LocalPlatform platform, string directory, string file) =>
        RunAsync(platform, ["-czf", file, "-C", directory, "."], directory);

    private static async Task RunAsync(LocalPlatform platform, string[] arguments, string directory)
    {
        ChildProcess tar = platform.Launcher.Start(new LaunchSpec("tar", arguments, directory));
        await using (tar.ConfigureAwait(false))
        {
            var errors = new List<string>();
            tar.CloseInput();
            await Task.WhenAll(LineReader.ReadAsync(tar.Output, static _ => { }), LineReader.ReadAsync(tar.Error, errors.Add)).ConfigureAwait(false);
            if (await tar.Exited.ConfigureAwait(false) != 0)
            {
                throw new InvalidDataException(string.Join("; ", errors.TakeLast(3)));
            }
        }
    }
}
