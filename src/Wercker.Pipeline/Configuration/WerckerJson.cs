using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads wercker.json. Old spellings, comments and trailing commas are accepted with a warning; every other fault is refused with its place.</summary>
public static class WerckerJson
{
    /// <summary>The name of the file in a project's root.</summary>
    public const string FileName = "wercker.json";

    private static readonly string[] Misnomers = [".wercker.json", "wrecker.json"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, or the directory that holds wercker.json.</param>
    /// <returns>What the file says, with warnings.</returns>
    /// <exception cref="ConfigurationException">There is no such file, it cannot be read, or it is wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = !Directory.Exists(path) ? path : path == "." ? FileName : Path.Combine(path, FileName);
        var config = Parse(ReadBytes(file), file);
        var newer = Beside(file, "wercker.yml");
        return File.Exists(newer)
            ? config with { Warnings = [.. config.Warnings, Note(newer, $"is not read; {FileName} beside it is what counts")] }
            : config;
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The content of a wercker.json.</param>
    /// <param name="fileName">The name for messages.</param>
    /// <returns>What the text says, with warnings.</returns>
    /// <exception cref="ConfigurationException">The text is wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Parse(string text, string fileName = FileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return WerckerJsonReader.Read(SourceDecoder.Check(text, fileName));
    }

    /// <summary>Reads bytes: UTF-8 with or without a byte order mark, at most 10 MiB.</summary>
    /// <param name="utf8">The content of a wercker.json.</param>
    /// <param name="fileName">The name for messages.</param>
    /// <returns>What the bytes say, with warnings.</returns>
    /// <exception cref="ConfigurationException">The bytes are wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Parse(ReadOnlySpan<byte> utf8, string fileName = FileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return WerckerJsonReader.Read(SourceDecoder.Decode(utf8, fileName));
    }

    /// <summary>Reads commands in any shape that wercker.json knows, for options of targets that hold commands.</summary>
    /// <param name="node">The commands: a string, a list, or a map of named steps.</param>
    /// <param name="keyPath">Where they stand, for messages: "wercker.json:4:5: targets.production.rollback".</param>
    /// <exception cref="ConfigurationException">They have a wrong type; the message names the key path.</exception>
    internal static IReadOnlyList<WerckerCommand> ReadCommands(JsonNode? node, string keyPath)
    {
        // "Wercker:Targets:NAME" has colons and no blank; a place in a file has blanks behind its colons.
        var colons = keyPath.StartsWith(TargetConfiguration.Section, StringComparison.OrdinalIgnoreCase);
        var path = KeyPath.StartingAt(keyPath, colons);
        return new CommandReader(ConfigReading.WithoutFile).ReadPhase(ConfigNode.FromJson(node, path), path);
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
