using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Heroku.Dynos;

namespace Wercker.Pipeline.Heroku.Tests.Dynos;

public class ExitMarkerTests
{
    [FsCheck.NUnit.Property]
    public Property Feed_AnyOutputCutAnywhere_GivesOutputAndCode() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte[] Raw, byte Code, int Seed)>(),
        given =>
        {
            var output = given.Raw.Where(one => one != (byte)'\r').ToArray();
            var marker = new ExitMarker();
            byte[] stream = [.. output, .. Print(marker, given.Code)];
            var (text, found) = Cut(marker, stream, new System.Random(given.Seed));
            return found == given.Code && text.SequenceEqual(output);
        });

    [FsCheck.NUnit.Property]
    public Property Feed_MarkerThatBreaksOff_GivesNoCode() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Code, ushort Cut, int Seed)>(),
        given =>
        {
            var marker = new ExitMarker();
            var whole = Print(marker, given.Code);
            var (_, found) = Cut(marker, whole[..(given.Cut % (whole.Length - 1))], new System.Random(given.Seed));
            return found is null;
        });

    [Test]
    public void Feed_MarkerOfAnotherCommand_IsOutput()
    {
        var marker = new ExitMarker();
        var foreign = Print(new ExitMarker(), 0);

        var (text, found) = Cut(marker, foreign, new System.Random(1));

        Assert.That(found, Is.Null);
        Assert.That(text, Is.EqualTo(foreign));
    }

    [Test]
    public void Wrap_CommandEchoed_IsNotTheMarker()
    {
        var marker = new ExitMarker();

        var (_, found) = Cut(marker, Encoding.UTF8.GetBytes(marker.Wrap("true")), new System.Random(1));

        Assert.That(found, Is.Null);
    }

    // The shell puts the parts of the command line together: 'word' 'random' exit code.
    private static byte[] Print(ExitMarker marker, int code)
    {
        var parts = marker.Wrap("true").Split('\'');
        return Encoding.ASCII.GetBytes($"{parts[^4]}-{parts[^2]}:{code};\n");
    }

    private static (byte[] Text, int? Code) Cut(ExitMarker marker, byte[] stream, System.Random random)
    {
        var output = new ArrayBufferWriter<byte>();
        int? code = null;
        for (var at = 0; at < stream.Length && code is null;)
        {
            var length = Math.Min(random.Next(1, 8), stream.Length - at);
            code = marker.Feed(stream.AsSpan(at, length), output);
            at += length;
        }

        if (code is null)
        {
            marker.Complete(output);
        }

        return (output.WrittenSpan.ToArray(), code);
    }
}
