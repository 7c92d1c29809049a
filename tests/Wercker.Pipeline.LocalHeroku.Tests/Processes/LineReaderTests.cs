using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Processes;

internal sealed class LineReaderTests
{
    [TestCase("a\nb", "a|b")]
    [TestCase("a\r\n\nb\n", "a||b")]
    [TestCase("", "")]
    public async Task ReadAsync_OfAStream_GivesItsLines(string text, string lines) =>
        Assert.That(string.Join('|', await ReadAsync(text)), Is.EqualTo(lines));

    [TestCase(10_000, 1)]
    [TestCase(10_001, 2)]
    [TestCase(25_000, 3)]
    public async Task ReadAsync_OfALongLine_CutsItAtTheLimit(int length, int lines)
    {
        List<string> read = await ReadAsync(new string('x', length) + "\nnext\n");

        Assert.That(read, Has.Count.EqualTo(lines + 1));
        Assert.That(read.SkipLast(1).Sum(l => l.Length), Is.EqualTo(length));
        Assert.That(read[^1], Is.EqualTo("next"));
    }

    [Test]
    public void ReadAsync_OfAnyLines_LosesNone()
    {
        Gen<string[]> lines = Gen.Elements("", "a", "two words", "ü€", "tab\there").ArrayOf();

        Prop.ForAll(lines.ToArbitrary(), all =>
            ReadAsync(string.Concat(all.Select(l => l + "\n"))).GetAwaiter().GetResult().SequenceEqual(all)).QuickCheckThrowOnFailure();
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        var lines = new List<string>();
        await LineReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), lines.Add);
        return lines;
    }
}
