using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Tests.Sandboxes.Sources;

public sealed class IgnoreRulesTests
{
    private static readonly string[] Names = ["a", "b", "c", "ab", "a.c", "*", "é", "[a]", "!a", "#a", "a b", "-", "]"];

    private static PathTree? _tree;

    [OneTimeSetUp]
    public static void MakeTree() => _tree = new PathTree();

    [OneTimeTearDown]
    public static void RemoveTree() => _tree?.Dispose();

    [FsCheck.NUnit.Property(MaxTest = 400)]
    public Property IsIgnored_AnyPatterns_AgreesWithGit()
    {
        string[] tokens =
        [
            "a", "b", "c", "ab", ".", "-", "é", "]", " ", "#", "*", "**", "?", "/", "**/", "/**", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[[:alpha:]]",
            "[![:punct:]]", "[a\\]]", "[\\a-b]", "[[:nope:]]", "[--a]", "[", "\\a", "\\*", "\\ ", "\\#", "\\", "!",
        ];
        var pattern =
            from prefix in Gen.Elements("", "", "", "!", "/", "!/")
            from body in Gen.ListOf(Gen.Elements(tokens)).Resize(5)
            from suffix in Gen.Elements("", "", "/", " ", "/*", "/**")
            select prefix + string.Concat(body) + suffix;
        var file =
            from patterns in Gen.NonEmptyListOf(pattern).Resize(6)
            from end in Gen.Elements("\n", "\n", "\r\n")
            select string.Join(end, patterns) + end;
        return Prop.ForAll(file.ToArbitrary(), text =>
        {
            Assert.That(_tree!.IgnoredByUs(text), Is.EqualTo(_tree.IgnoredByGit(text)), () => $"patterns: {text.ReplaceLineEndings("|")}");
        });
    }

    [TestCase("node_modules/\n", "node_modules/x/y", true)]
    [TestCase("*.log\n!keep.log\n", "a/keep.log", false)]
    [TestCase("*.log\n!keep.log\n", "a/other.log", true)]
    [TestCase("logs/\n!logs/keep\n", "logs/keep", true)]
    [TestCase("/top\n", "deep/top", false)]
    [TestCase("a/**/b\n", "a/b", true)]
    [TestCase("a/**/b\n", "a/x/y/b", true)]
    [TestCase("# comment\n\\#file\n", "#file", true)]
    [TestCase("trailing \\ \n", "trailing  ", true)]
    [TestCase("\uFEFFfirst\n", "first", true)]
    public void IsIgnored_KnownCases_AreAsDocumented(string patterns, string path, bool expected)
    {
        var rules = IgnoreRules.Parse(Encoding.UTF8.GetBytes(patterns));
        Assert.That(rules.IsIgnored(Encoding.UTF8.GetBytes(path), isDirectory: false), Is.EqualTo(expected));
    }

    [Test]
    [CancelAfter(10_000)]
    public void IsMatch_ManyStars_EndsSoon()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 40)) + "b";
        var path = new string('a', 2000);
        Assert.That(Glob.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(path)), Is.False);
    }

    /// <summary>A repository with files of awkward names, two levels deep.</summary>
    private sealed class PathTree : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();
        private readonly List<(string Path, bool IsDirectory)> _paths = [];

        public PathTree()
        {
            Git.Run(_directory.Path, _directory.Path, null, "init", "-q", "repo");
            Add("repo", "", 0);
        }

        private string Repository => Path.Combine(_directory.Path, "repo");

        public List<string> IgnoredByUs(string patterns)
        {
            var rules = IgnoreRules.Parse(Encoding.UTF8.GetBytes(patterns));
            return [.. _paths.Where(entry => rules.IsIgnored(Encoding.UTF8.GetBytes(entry.Path), entry.IsDirectory)).Select(entry => entry.Path)];
        }

        public List<string> IgnoredByGit(string patterns)
        {
            File.WriteAllText(Path.Combine(Repository, ".gitignore"), patterns);
            var input = Encoding.UTF8.GetBytes(string.Concat(_paths.Select(entry => "./" + entry.Path + "\0")));
            var ignored = Git.Run(Repository, _directory.Path, input, "check-ignore", "--no-index", "-z", "--stdin");
            return [.. ignored.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(path => path[2..])];
        }

        public void Dispose() => _directory.Dispose();

        private void Add(string parent, string prefix, int depth)
        {
            foreach (var name in Names)
            {
                var isDirectory = depth < 2 && name is "a" or "b" or "ab" or "é";
                _paths.Add((prefix + name, isDirectory));
                if (isDirectory)
                {
                    Directory.CreateDirectory(Path.Combine(_directory.Path, parent, name));
                    Add($"{parent}/{name}", $"{prefix}{name}/", depth + 1);
                }
                else
                {
                    _directory.Write($"{parent}/{name}", "");
                }
            }
        }
    }
}
