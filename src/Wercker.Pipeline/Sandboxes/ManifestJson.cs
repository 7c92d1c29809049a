using System.Text.Json;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>The text of a build manifest.</summary>
internal static class ManifestJson
{
    private const int Format = 1;

    public static byte[] Write(SandboxSpec spec)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteStartObject("sandbox");
            WriteText(json, "image", spec.Image);
            WriteText(json, "lang", spec.Language);
            WriteText(json, "version", spec.Version);
            WriteList(json, "packages", spec.Packages);
            WriteNumber(json, "memory", spec.Memory);
            WriteNumber(json, "cpus", spec.Processors);
            WriteNumber(json, "pids", spec.Processes);
            WriteNumber(json, "disk", spec.Disk);
            WriteNumber(json, "time", spec.Lifetime?.TotalSeconds);
            WriteText(json, "network", spec.Network ? null : "none");
            WriteText(json, "user", spec.User);
            if (spec.WritableSystem)
            {
                json.WriteBoolean("writableSystem", true);
            }

            WriteList(json, "mounts", [.. spec.Mounts.Select(mount => $"{mount.Outside}:{mount.Inside}:{(mount.IsWritable ? "rw" : "ro")}")]);
            WriteVariables(json, spec.Environment);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static SandboxSpec Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        if (!root.TryGetProperty("format", out var format) || format.GetInt32() != Format || !root.TryGetProperty("sandbox", out var sandbox))
        {
            throw new FormatException($"It is not of format {Format}.");
        }

        var environment = new DeployEnvironment();
        if (sandbox.TryGetProperty("variables", out var variables))
        {
            foreach (var variable in variables.EnumerateObject())
            {
                environment.Set(variable.Name, variable.Value.GetString()!);
            }
        }

        return new SandboxSpec
        {
            Image = Text(sandbox, "image"),
            Language = Text(sandbox, "lang"),
            Version = Text(sandbox, "version"),
            Packages = List(sandbox, "packages"),
            Memory = sandbox.TryGetProperty("memory", out var memory) ? memory.GetInt64() : null,
            Processors = sandbox.TryGetProperty("cpus", out var processors) ? processors.GetDouble() : null,
            Processes = sandbox.TryGetProperty("pids", out var processes) ? processes.GetInt32() : null,
            Disk = sandbox.TryGetProperty("disk", out var disk) ? disk.GetInt64() : null,
            Lifetime = sandbox.TryGetProperty("time", out var time) ? TimeSpan.FromSeconds(time.GetDouble()) : null,
            Network = Text(sandbox, "network") != "none",
            WritableSystem = sandbox.TryGetProperty("writableSystem", out var writable) && writable.GetBoolean(),
            User = Text(sandbox, "user"),
            Mounts = [.. List(sandbox, "mounts").Select(mount => mount.Split(':')).Select(parts => parts.Length == 3 ? (parts[0], parts[1], parts[2] == "rw") : throw new FormatException("It names a mount that is none."))],
            Environment = environment,
        };
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<string> List(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) ? [.. items.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteVariables(Utf8JsonWriter json, DeployEnvironment environment)
    {
        json.WriteStartObject("variables");
        foreach (var (name, value, isProtected) in environment)
        {
            if (!isProtected)
            {
                json.WriteString(name, value.Reveal());
            }
        }

        json.WriteEndObject();
        WriteList(json, "secrets", [.. environment.Where(variable => variable.IsProtected).Select(variable => variable.Name)]);
    }
}
