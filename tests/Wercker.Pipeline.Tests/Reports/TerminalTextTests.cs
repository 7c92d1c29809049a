using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Tests.Reports;

public sealed class TerminalTextTests
{
    [TestCase("plain é 日本 😀\n\ttabs stay", "plain é 日本 😀\n\ttabs stay")]
    [TestCase("\u001b[1;31mred\u001b[0m", "red")]
    [TestCase("\u009b31mred", "red")]
    [TestCase("\u001b]0;title\aafter", "after")]
    [TestCase("\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link")]
    [TestCase("\u001b]0;no end\nnext line", "\nnext line")]
    [TestCase("\u001b(Btext", "text")]
    [TestCase("\u001bcreset", "reset")]
    [TestCase("10%\r20%\r\ndone", "10%\n20%\ndone")]
    [TestCase("a\0b\bc\u007fd", "abcd")]
    [TestCase("a\u202eb\u2066c", "a\ufffdb\ufffdc")]
    [TestCase("end\u001b", "end")]
    [TestCase("end\u001b[", "end")]
    public void Clean_Text_IsReadable(string text, string expected) => Assert.That(TerminalText.Clean(text), Is.EqualTo(expected));
}
