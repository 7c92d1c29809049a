using System.Buffers;
using System.Text;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Secrets;

[TestFixture]
public sealed class SecretMaskerTests
{
    private const string Value = "correct-horse-battery";

    [Test]
    public void Write_NothingLikeASecret_HoldsNothingBack()
    {
        var output = new ArrayBufferWriter<byte>();
        var session = Masked.Masker(Value).OpenSession();

        session.Write("no newline, but all there!"u8, output);

        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Is.EqualTo("no newline, but all there!"));
    }

    [Test]
    public void Write_BeginningOfASecret_HoldsBackOnlyThat()
    {
        var output = new ArrayBufferWriter<byte>();
        var session = Masked.Masker(Value).OpenSession();

        session.Write("password: correct-ho"u8, output);
        var early = Encoding.UTF8.GetString(output.WrittenSpan);
        session.Write("use"u8, output);

        Assert.That((early, Encoding.UTF8.GetString(output.WrittenSpan)), Is.EqualTo(("password: ", "password: correct-house")));
    }

    [Test]
    public void Write_SecretAddedWhileOpen_MasksFromTheNextByte()
    {
        var output = new ArrayBufferWriter<byte>();
        var masker = new SecretMasker();
        var session = masker.OpenSession();

        session.Write("correct-horse-battery "u8, output);
        masker.Add("LATE", new Secret(Value));
        session.Write("correct-horse-battery"u8, output);
        session.Complete(output);

        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Is.EqualTo("correct-horse-battery ***"));
    }

    [Test]
    public void Complete_BeginningOfASecret_GivesIt()
    {
        Assert.That(Masked.Text(Masked.Masker(Value), "correct-horse-batter", 4), Is.EqualTo("correct-horse-batter"));
    }

    [Test]
    public void Write_AfterATornWrite_GivesNothing()
    {
        var session = Masked.Masker(Value).OpenSession();
        var output = new ArrayBufferWriter<byte>();

        Assert.That(() => session.Write("password: correct-ho"u8, new TornWriter()), Throws.TypeOf<IOException>());
        session.Write("rse-battery is the password"u8, output);
        session.Complete(output);
        Assert.That(output.WrittenCount, Is.Zero);

        session.Write("next stream\n"u8, output);
        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Is.EqualTo("next stream\n"));
    }

    [TestCase("xcorrect-horse-batterycorrect-horse-batteryx", "x***x")]
    [TestCase("correct-horse-battery correct-horse-battery", "*** ***")]
    public void Mask_SecretsThatTouch_AreOneMask(string text, string expected)
    {
        Assert.That(Masked.Text(Masked.Masker(Value), text, 5), Is.EqualTo(expected));
    }

    [Test]
    public void Mask_PhraseThatOverlapsItself_IsFoundAfterAFalseStart()
    {
        Assert.That(Masked.Text(Masked.Masker("ab-ab-c"), "ab-ab-ab-c", 4), Is.EqualTo("ab-***"));
    }

    [Test]
    public void Mask_NoSecretInside_IsTheSameObject()
    {
        var text = new string('a', 100);

        Assert.That(Masked.Masker(Value).Mask(text), Is.SameAs(text));
    }

    [Test]
    public void Mask_EndlessEscapeSequencesInASecret_HoldsBackNoMoreThanItsBound()
    {
        var output = new ArrayBufferWriter<byte>();
        var session = Masked.Masker(Value).OpenSession();

        session.Write("correct"u8, output);
        for (var i = 0; i < 100_000; i++)
        {
            session.Write("\x1b[0m"u8, output);
        }

        Assert.That(output.WrittenCount, Is.GreaterThan(400_000 - TransparentView.MaxSpan));
    }

    [Test]
    public void Write_ManyLines_AllocatesNothing()
    {
        var masker = Masked.Masker(Value);
        var session = masker.OpenSession();
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var line = Encoding.UTF8.GetBytes("\x1b[32minfo\x1b[0m password=correct-horse-battery and something after it\n");
        void Run()
        {
            for (var i = 0; i < 1000; i++)
            {
                session.Write(line, output);
            }

            output.ResetWrittenCount();
        }

        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public async Task Add_WhileOthersMask_NeverLetsAKnownSecretThrough()
    {
        var masker = new SecretMasker();
        var leaks = 0;
        await Parallel.ForAsync(0, 64, (i, _) =>
        {
            var value = $"s3cret-{i}-{i * 7919}";
            masker.Add($"S{i}", new Secret(value));
            if (Masked.Text(masker, $"a {value} b", 3) != "a *** b")
            {
                Interlocked.Increment(ref leaks);
            }

            return ValueTask.CompletedTask;
        });

        Assert.That(leaks, Is.Zero);
    }

    private sealed class TornWriter : IBufferWriter<byte>
    {
        public void Advance(int count) => throw new IOException("the disk is full");

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new IOException("the disk is full");

        public Span<byte> GetSpan(int sizeHint = 0) => throw new IOException("the disk is full");
    }
}
