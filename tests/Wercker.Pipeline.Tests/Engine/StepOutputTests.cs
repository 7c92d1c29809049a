using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class StepOutputTests
{
    private readonly Collector _sink = new();

    private sealed class Collector : IOutputSink
    {
        private readonly Dictionary<OutputStream, StringBuilder> _texts = [];

        public List<OutputBlock> Blocks { get; } = [];

        public string this[OutputStream stream] => _texts.TryGetValue(stream, out var text) ? text.ToString() : string.Empty;

        public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
        {
            Blocks.Add(block with { Lines = block.Lines.ToArray() });
            if (!_texts.TryGetValue(block.Stream, out var text))
            {
                _texts[block.Stream] = text = new StringBuilder();
            }

            text.Append(Encoding.UTF8.GetString(block.Lines.Span));
            return default;
        }
    }

    private async Task<DeployReport> RunAsync(Func<DeployContext, Task> write, params IOutputSink[] more) =>
        await new DeployPipelineBuilder("p", new PipelineServices { Outputs = [.. more, _sink] })
            .WithSecret("TOKEN", new Secret("correct-horse-battery"))
            .AddStep("talk", async (context, _) =>
            {
                await write(context);
                return StepResult.Succeeded(context.Output.RecentLines);
            })
            .Build().DeployAsync(new DeployRequest("a", "1"));

    [Test]
    public async Task WriteAsync_AnyCut_GivesWholeMaskedLinesInOrderPerStream()
    {
        var text = "line one\nthe token is correct-horse-battery, really\nünïcödé ✓\nlast without end";
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size < 40; size++)
        {
            var sink = new Collector();
            await new DeployPipelineBuilder("p", new PipelineServices { Outputs = [sink] })
                .WithSecret("TOKEN", new Secret("correct-horse-battery"))
                .AddStep("talk", async (context, token) =>
                {
                    foreach (var chunk in bytes.Chunk(size))
                    {
                        await context.Output.WriteAsync(OutputStream.Output, chunk, token);
                        await context.Output.WriteAsync(OutputStream.Error, chunk, token);
                    }

                    return StepResult.Succeeded();
                })
                .Build().DeployAsync(new DeployRequest("a", "1"));
            var expected = text.Replace("correct-horse-battery", "***", StringComparison.Ordinal) + "\n";
            Assert.That(sink[OutputStream.Output], Is.EqualTo(expected), $"chunks of {size}");
            Assert.That(sink[OutputStream.Error], Is.EqualTo(expected), $"chunks of {size}");
            Assert.That(sink.Blocks.All(block => block.Lines.Span[^1] == '\n'), "every block ends with its line");
        }
    }

    [Test]
    public async Task WriteAsync_LineWithoutEnd_DoesNotFillTheMemory()
    {
        var chunk = Encoding.UTF8.GetBytes(new string('x', 100_000));
        await RunAsync(async context =>
        {
            for (var i = 0; i < 50; i++)
            {
                await context.Output.WriteAsync(OutputStream.Output, chunk, default);
            }
        });

        Assert.That(_sink.Blocks, Has.Count.GreaterThan(3), "the line is cut instead of kept");
        Assert.That(_sink[OutputStream.Output].Count(c => c == 'x'), Is.EqualTo(5_000_000));
    }

    [Test]
    public async Task WriteAsync_SinkThrows_IsDroppedAndSaid()
    {
        var report = await RunAsync(async context =>
        {
            await context.Output.NoteAsync("one", default);
            await context.Output.NoteAsync("two", default);
        }, new Full());

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(_sink[OutputStream.Note], Is.EqualTo("one\ntwo\n"));
        Assert.That(report.Warnings.Single(), Does.Contain("Full").And.Contain("disk full"));
    }

    private sealed class Full : IOutputSink
    {
        public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken) => throw new IOException("disk full");
    }

    [Test]
    public async Task RecentLines_MuchOutput_KeepsTheLastWholeLines()
    {
        var report = await RunAsync(async context =>
        {
            for (var i = 0; i < 5000; i++)
            {
                await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes($"line {i}\n"), default);
            }
        });

        var lines = report.Steps[0].Message!.Split('\n');
        Assert.That(lines[^1], Is.EqualTo("line 4999"));
        Assert.That(lines, Has.Length.InRange(300, 500));
        Assert.That(lines, Is.All.Matches("^line [0-9]{4}$"));
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public Property RecentLines_AnyLines_IsATailOfTheOutput() => Prop.ForAll(
        Gen.ListOf(Gen.Choose(0, 300)).ToArbitrary(), lengths =>
        {
            var recent = new Wercker.Pipeline.Engine.RecentOutput();
            var all = new StringBuilder();
            foreach (var length in lengths)
            {
                var line = new string((char)('a' + (length % 26)), length) + "\n";
                recent.Add(Encoding.UTF8.GetBytes(line));
                all.Append(line);
            }

            return all.ToString().TrimEnd('\n').EndsWith(recent.ToString(), StringComparison.Ordinal);
        });
}
