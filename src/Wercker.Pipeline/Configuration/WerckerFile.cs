using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Configuration;

/// <summary>Finds and reads the file of a <see cref="WerckerConfig"/>, or says what stands there instead.</summary>
internal static class WerckerFile
{
    private const string FileName = WerckerConfig.FileName;
    private static readonly string[] Misnomers = [".wercker.json", "wrecker.json"];

    public static WerckerConfig Load(string path)
    {
        var file = !Directory.Exists(path) ? path : path == "." ? FileName : Path.Combine(path, FileName);
        var config = WerckerConfig.Parse(ReadBytes(file), file);
        var newer = Beside(file, "wercker.yml");
        return File.Exists(newer)
            ? config with { Warnings = [.. config.Warnings, Note(newer, $"is not read; {FileName} beside it is what counts")] }
            : config;
    }

    private static byte[] ReadBytes(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.CanSeek)
            {
                SourceDecoder.RefuseSize(stream.Length, file);
            }

            // Read as a stream of unknown length: /dev/zero has no length and no end.
            using var content = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, count);
                SourceDecoder.RefuseSize(content.Length, file);
            }

            return content.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException($"{file}: error: there is no such file. {MissingAdvice(file)}", exception) { File = file };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{file}: error: cannot be read: {exception.Message}", exception) { File = file };
        }
    }

    private static string MissingAdvice(string file)
    {
        var misnomers = Misnomers.Where(name => File.Exists(Beside(file, name))).ToArray();
        if (misnomers.Length > 0)
        {
            return $"Beside it is {string.Join(" and ", misnomers)}: rename it to {FileName}.";
        }

        return File.Exists(Beside(file, "wercker.yml"))
            ? $"Beside it is wercker.yml, which is not read: write its deploy commands to {FileName}."
            : $"Create it, with {{ }} at least, or name another file.";
    }

    private static string Beside(string file, string name) => Path.Combine(Path.GetDirectoryName(file) ?? string.Empty, name);

    private static ConfigurationDiagnostic Note(string file, string message) => new(LogLevel.Warning, file, null, null, null, message);
}
