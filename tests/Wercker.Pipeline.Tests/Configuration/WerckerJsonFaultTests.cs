using System.Text;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class WerckerJsonFaultTests
{
    [TestCase("", 1, 1, "the file is empty")]
    [TestCase(" \n\t\n", 1, 1, "the file is empty")]
    [TestCase("// later", 1, 1, "nothing but comments")]
    [TestCase("[\"a\"]", 1, 1, "must hold an object { }, but holds a list [ ]")]
    [TestCase("{\"deploy\": [\"a\"\n  \"b\"]}", 1, 16, "missing ',' after \"a\"")]
    [TestCase("{\"lang\": \"go\"\n\"version\": \"1\"}", 1, 14, "missing ',' after the value of \"lang\"")]
    [TestCase("{\"deploy\" [\"a\"]}", 1, 10, "missing ':' after the key \"deploy\"")]
    [TestCase("{\"deploy\" = [\"a\"]}", 1, 11, "'=' after the key \"deploy\"")]
    [TestCase("{\n  packages : []}", 2, 3, "keys must be quoted: packages")]
    [TestCase("{'lang': 'go'}", 1, 2, "strings use double quotes, not '")]
    [TestCase("{\"lang\": 'go'}", 1, 10, "strings use double quotes, not '")]
    [TestCase("{\"lang\": “go”}", 1, 10, "strings use double quotes, not “")]
    [TestCase("{\"lang\": go}", 1, 10, "strings must be in double quotes: go")]
    [TestCase("{\"deploy\": ./deploy.sh}", 1, 12, "strings must be in double quotes: ./deploy.sh")]
    [TestCase("{\"npm test\": False}", 1, 14, "JSON does not know False")]
    [TestCase("{\"command-timeout\": 05}", 1, 21, "not a number as JSON writes it: 05")]
    [TestCase("{\"command-timeout\": .5}", 1, 21, "not a number as JSON writes it: .5")]
    [TestCase("{\"deploy\": [\"ls \\~\"]}", 1, 17, "bad escape \\~")]
    [TestCase("{\"deploy\": [\"\\u00g0\"]}", 1, 14, "four hexadecimal digits must follow")]
    [TestCase("{\"deploy\": [\"\\ud800x\"]}", 1, 14, "\\ud800 is half of a character")]
    [TestCase("{\"deploy\": { \"./deploy.sh\" }}", 1, 14, "a bare string where a \"key\": value pair belongs: \"./deploy.sh\"")]
    [TestCase("{\"deploy\": [\"less\": \"x\"]}", 1, 13, "a \"key\": value pair in a list: \"less\"")]
    [TestCase("{\"build\": \"steps\": 1}", 1, 18, "a second ':' after the key \"build\"")]
    [TestCase("{\"deploy\": [\"a\",\n", 1, 17, "the file ends before the '[' of line 1 is closed")]
    [TestCase("{\"deploy\": [\"a\"]", 1, 17, "the file ends before the '{' of line 1 is closed")]
    [TestCase("{\"deploy\":", 1, 11, "the file ends before the '{' of line 1 is closed")]
    [TestCase("{\"deploy", 1, 9, "the file ends inside a string")]
    [TestCase("{\"deploy\": [\"echo\n\"]}", 1, 18, "the line ends inside a string")]
    [TestCase("{\"deploy\": [\"a\tb\"]}", 1, 15, "a tab inside a string")]
    [TestCase("{\"deploy\": [\"echo \"hi\"\"]}", 1, 19, "a quote ends the string here")]
    [TestCase("{\"deploy\": [\"a\"}", 1, 16, "'}' does not close the '[' of line 1")]
    [TestCase("{\"deploy\": [\"a\",,\"b\"]}", 1, 17, "a ',' without an element before it")]
    [TestCase("{\"deploy\": }", 1, 11, "missing value after \"deploy\"")]
    [TestCase("{} {}", 1, 4, "text after the end")]
    [TestCase("{}}", 1, 3, "one '}' too many")]
    [TestCase("}", 1, 1, "one '}' too many")]
    [TestCase("{} /* open", 1, 4, "the comment that begins here does not end")]
    [TestCase("{ # comment\n}", 1, 3, "'#' does not begin a comment")]
    [TestCase("{\"a\": 1; \"b\": 2}", 1, 8, "';' after the value of \"a\"")]
    [TestCase("{\u00A0}", 1, 2, "unexpected U+00A0")]
    [TestCase("\n\n{\r\n\t\"lang\": ?\r\n}", 4, 10, "unexpected '?'")]
    [TestCase("{\"é😀\": x}", 1, 8, "strings must be in double quotes: x")]
    public void Parse_BrokenJson_SaysWhereAndWhy(string text, int line, int column, string reason)
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(text));

        Assert.That(fault.Message, Does.StartWith($"wercker.json:{line}:{column}: error: ").And.Contain(reason));
        Assert.That((fault.File, fault.Line, fault.Column), Is.EqualTo(("wercker.json", line, column)));
        Assert.That(fault.Message.Split('\n'), Has.Length.EqualTo(4), "reason, line, caret, advice");
    }

    [TestCase("{\"deploy\": 5}", "deploy", 1, 12, "must be commands, but is a number")]
    [TestCase("{\"deploy\": null}", "deploy", 1, 12, "must be commands, but is null")]
    [TestCase("{\"deploy\": true}", "deploy", 1, 12, "must be commands, but is true")]
    [TestCase("{\"postDeployTest\": [\"a\", [\"b\"]]}", "postDeployTest[1]", 1, 26, "must be a command, but is a list [ ]")]
    [TestCase("{\"deploy\": [1, 2]}", "deploy[0]", 1, 13, "must be a command, but is a number")]
    [TestCase("{\"deploy\": [\"a\", \"b\", {\"cmd\": [\"c\"]}]}", "deploy[2].cmd", 1, 31, "must be a string, but is a list [ ]")]
    [TestCase("{\"deploy\": [{\"log\": false}]}", "deploy[0]", 1, 13, "\"cmd\" is missing")]
    [TestCase("{\"deploy\": [{\"cmd\": \"a\", \"log\": \"no\"}]}", "deploy[0].log", 1, 33, "must be true or false, but is a string")]
    [TestCase("{\"pre-test\": 1}", "pre-test", 1, 14, "must be commands")]
    [TestCase("{\"custom steps\": {\"a.b\": 1}}", "custom steps[\"a.b\"]", 1, 26, "must be commands")]
    [TestCase("{\"custom steps\": {\"t\": {\"dependentOnFile\": \"x\"}}}", "custom steps.t", 1, 24, "\"commands\" is missing")]
    [TestCase("{\"deploy\": [\"a\\u0000b\"]}", "deploy[0]", 1, 13, "holds a NUL character")]
    [TestCase("{\"packages\": \"nano\"}", "packages", 1, 14, "must be a list of package names, but is a string")]
    [TestCase("{\"packages\": [\"-o x\"]}", "packages[0]", 1, 15, "is not a name of a package")]
    [TestCase("{\"lang\": [\"go\"]}", "lang", 1, 10, "must be a string")]
    [TestCase("{\"root\": \"../up\"}", "root", 1, 10, "must be a directory inside the project")]
    [TestCase("{\"root\": \"/etc\"}", "root", 1, 10, "must be a directory inside the project")]
    [TestCase("{\"services\": 1}", "services", 1, 14, "must be an object of services")]
    [TestCase("{\"no-response-timeout\": 0}", "no-response-timeout", 1, 25, "is 0 minutes")]
    [TestCase("{\"command-timeout\": -5}", "command-timeout", 1, 21, "is -5 minutes")]
    [TestCase("{\"command-timeout\": 1.5}", "command-timeout", 1, 21, "is 1.5 minutes")]
    [TestCase("{\"command-timeout\": \"5\"}", "command-timeout", 1, 21, "must be a number of minutes, but is a string")]
    [TestCase("{\"targets\": []}", "targets", 1, 13, "must be an object of targets by name")]
    [TestCase("{\"targets\": {\"a/b\": {}}}", "targets.a/b", 1, 14, "is not a name of a target")]
    [TestCase("{\"targets\": {\"p\": \"custom\"}}", "targets.p", 1, 19, "must be an object of settings")]
    [TestCase("{\"targets\": {\"p\": {\"provider\": \" \"}}}", "targets.p.provider", 1, 32, "is empty")]
    [TestCase("{\"targets\": {\"p\": {\"provider\": 1}}}", "targets.p.provider", 1, 32, "must be a string")]
    [TestCase("{\"targets\": {\"p\": {\"variables\": [\"A=b\"]}}}", "targets.p.variables", 1, 33, "must be an object of environment variables")]
    [TestCase("{\"targets\": {\"p\": {\"variables\": {\"A-B\": \"\"}}}}", "targets.p.variables.A-B", 1, 34, "is not a name of an environment variable")]
    [TestCase("{\"targets\": {\"p\": {\"variables\": {\"A\": null}}}}", "targets.p.variables.A", 1, 39, "must be a string, a number, true or false, but is null")]
    [TestCase("{\"targets\": {\"p\": {\"secrets\": \"A\"}}}", "targets.p.secrets", 1, 31, "must be a list of names")]
    [TestCase("{\"targets\": {\"p\": {\"log-test\": true}}}", "targets.p.log-test", 1, 32, "must be an object of settings, but is true")]
    public void Parse_WrongMeaning_NamesTheKeyPath(string text, string path, int line, int column, string reason)
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(text));

        Assert.That(fault.Message, Does.StartWith($"wercker.json:{line}:{column}: error: {path}: {reason}"));
        Assert.That(fault.KeyPath, Is.EqualTo(path));
        Assert.That((fault.Line, fault.Column), Is.EqualTo((line, column)));
    }

    [Test]
    public void Parse_SecretWrittenIntoTheFile_DoesNotShowIt()
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse("{\"targets\": {\"p\": {\"secrets\": [\"hunter2-hunter2\"]}}}"));

        Assert.That(fault.Message, Does.Contain("targets.p.secrets[0]: is not a name").And.Not.Contain("hunter2"));
    }

    [Test]
    public void Parse_FaultBehindTabsAndWideCharacters_PutsTheCaretUnderIt()
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse("{\n\t\t\"日本é\": x\n}"));

        Assert.That(fault.Message.Split('\n')[1..3], Is.EqualTo(new[] { "  2 | \t\t\"日本é\": x", "    | \t\t         ^" }));
        Assert.That(fault.Column, Is.EqualTo(10));
    }

    [Test]
    public void Parse_FaultInALongLine_ShowsTheSurroundings()
    {
        var text = "{\"deploy\": [\"" + new string('a', 5000) + "\\q" + new string('b', 5000) + "\"]}";

        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(text));

        var lines = fault.Message.Split('\n');
        Assert.That(fault.Column, Is.EqualTo(5014));
        Assert.That(lines[1], Does.StartWith("  1 | …a").And.EndsWith("b…").And.Length.LessThan(140));
        Assert.That(lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)], Is.EqualTo('\\'));
    }

    [Test]
    public void Parse_ControlCharactersInTheLine_CannotSteerATerminal()
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse("{\"a\u001b[31m\u202e\": x}"));

        Assert.That(fault.Message, Does.Not.Contain('\u001b').And.Not.Contain('\u202e'));
    }

    [Test]
    public void Parse_Utf16_IsNamed([Values("utf-16", "utf-16BE", "utf-32")] string encoding, [Values] bool mark)
    {
        var codec = Encoding.GetEncoding(encoding);
        var bytes = (mark || encoding == "utf-32" ? codec.GetPreamble() : []).Concat(codec.GetBytes("{\"lang\": \"go\"}")).ToArray();

        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(bytes.AsSpan()));

        Assert.That(fault.Message, Does.StartWith("wercker.json:1:1: error: the file is UTF-" + (encoding == "utf-32" ? "32" : "16")).And.Contain("Save the file as UTF-8."));
    }

    [Test]
    public void Parse_InvalidUtf8_SaysWhichByteWhere()
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse([.. "{\n\"é"u8, 0xE9, .. "\": 1}"u8]));

        Assert.That(fault.Message, Does.StartWith("wercker.json:2:3: error: the byte 0xE9 is not UTF-8"));
    }

    [Test]
    public void Parse_TooLarge_IsRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(new string(' ', 10 * 1024 * 1024 + 1)));

        Assert.That(fault.Message, Does.Contain("larger than 10 MiB"));
        Assert.That(fault.File, Is.EqualTo("wercker.json"));
    }

    [TestCase(64, false)]
    [TestCase(65, true)]
    [TestCase(1_000_000, true)]
    public void Parse_Nesting_StopsAt64(int depth, bool refused)
    {
        var text = string.Concat(Enumerable.Repeat("{\"x\":", depth - 1)) + "[]" + new string('}', depth - 1);
        var fault = refused ? Assert.Throws<ConfigurationException>(() => WerckerConfig.Parse(text)) : null;

        Assert.That(fault?.Message, refused ? Does.Contain("nested deeper than 64 levels") : Is.Null);
        Assert.That(() => WerckerConfig.Parse(text), refused ? Throws.Exception : Throws.Nothing);
    }
}
