using System.CommandLine;
using System.Text;
using System.Text.Json;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker log: the output of a run, also while it grows.</summary>
internal static class LogCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the run has ended." };
        var command = new Command("log", "Print the log of a run.") { options.Id, follow, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            var id = await state.FindAsync(result.GetValue(options.Id), cancellationToken);
            var reader = new LogReader(state, id, result.GetValue(follow), TimeProvider.System);
            if (result.GetValue(options.Json))
            {
                await WriteJsonAsync(reader, id, terminal, cancellationToken);
                return ExitCode.Succeeded;
            }

            await foreach (var lines in reader.ReadAsync(cancellationToken))
            {
                Write(lines, terminal);
            }

            return ExitCode.Succeeded;
        });
        return command;
    }

    private static void Write(ReadOnlyMemory<byte> lines, Terminal terminal)
    {
        if (ConsoleText.IsHarmless(lines.Span))
        {
            terminal.Output.Write(lines.Span);
            return;
        }

        var clean = new System.Buffers.ArrayBufferWriter<byte>(lines.Length);
        ConsoleText.Write(lines.Span, clean);
        terminal.Output.Write(clean.WrittenSpan);
    }

    /// <summary>One document of any length in constant memory.</summary>
    private static async Task WriteJsonAsync(LogReader reader, string id, Terminal terminal, CancellationToken cancellationToken)
    {
        await using (var json = new Utf8JsonWriter(terminal.Output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteStartArray("lines");
            await foreach (var lines in reader.ReadAsync(cancellationToken))
            {
                foreach (var line in Encoding.UTF8.GetString(lines.Span.TrimEnd((byte)'\n')).Split('\n'))
                {
                    json.WriteStringValue(line);
                }

                json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        terminal.Output.Write("\n"u8);
    }
}
