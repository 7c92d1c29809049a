using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Wercker.Pipeline.Tool;

/// <summary>Writes the one JSON document of a command that was asked for --json.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static void Write(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(terminal.Output, Options))
        {
            write(json);
        }

        terminal.Output.Write("\n"u8);
        terminal.Output.Flush();
    }

    public static void WriteError(Terminal terminal, Exception exception) => Write(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", exception.Message);
        if (exception is ConfigurationException fault)
        {
            WritePlace(json, fault.File, fault.Line, fault.Column, fault.KeyPath);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    public static void WritePlace(Utf8JsonWriter json, string? file, int? line, int? column, string? keyPath)
    {
        json.WriteString("file", file);
        WriteNumber(json, "line", line);
        WriteNumber(json, "column", column);
        json.WriteString("keyPath", keyPath);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
