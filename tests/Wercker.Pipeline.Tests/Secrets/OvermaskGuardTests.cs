using System.Text;

namespace Wercker.Pipeline.Tests.Secrets;

[TestFixture]
public sealed class OvermaskGuardTests
{
    [TestCase("")]
    [TestCase("   ")]
    [TestCase("abc")]
    [TestCase("true")]
    [TestCase("1234")]
    [TestCase("aaaa")]
    public void Mask_ShortOrEverydayValue_IsLeftAloneWithAWarning(string value)
    {
        var masker = Masked.Masker(value);
        var text = $"x{value}x {value} and {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}";

        using (Assert.EnterMultipleScope())
        {
            Assert.That(masker.Mask(text), Is.EqualTo(text));
            Assert.That(masker.Warnings, Is.EqualTo((string[])["Secret SECRET_0 is NOT masked: it is empty, shorter than 4 characters, or a short everyday value, and masking it would blot out the log. Use a longer value."]));
        }
    }

    [TestCase("k9Zq")]
    [TestCase("production")]
    [TestCase("123456")]
    [TestCase("zzzzzzzz")]
    [TestCase("aaaaaaab1")]
    public void Mask_WeakValue_IsMaskedAsAWholeTokenWithAWarning(string value)
    {
        var masker = Masked.Masker(value);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Masked.Text(masker, $"{value} x{value} {value}x \"{value}\"", 3), Is.EqualTo($"*** x{value} {value}x \"***\""));
            Assert.That(masker.Warnings, Has.One.StartsWith("Secret SECRET_0 is masked only where it stands as a word of its own").And.None.Contains(value));
        }
    }

    [Test]
    public void Mask_SixRandomCharacters_AreMaskedEverywhereWithoutAWarning()
    {
        var masker = Masked.Masker("k9Zqp3");

        Assert.That((masker.Mask("xk9Zqp3x azlacXAz"), masker.Warnings.Count), Is.EqualTo(("x***x ***", 0)));
    }

    [Test]
    public void Mask_BracesOfAMultiLineSecret_AreNotMasked()
    {
        var masker = Masked.Masker("{\n  \"key\": \"s3cr3tV4lue\",\n}\n");

        Assert.That(masker.Mask("{ } ew== \"key\": \"s3cr3tV4lue\","), Is.EqualTo("{ } ew== ***"));
    }

    [Test]
    public void Mask_RulerInsideASecret_IsNotMasked()
    {
        var ruler = new string('=', 80);

        Assert.That(Masked.Masker($"first-s3cret\n{ruler}\nsecond-s3cret").Mask(ruler), Is.EqualTo(ruler));
    }
}
