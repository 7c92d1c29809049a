namespace Wercker.Pipeline.Docs.Tests;

/// <summary>Code on a page is a region of a file that is compiled: it cannot rot.</summary>
public sealed class CodeBlockTests
{
    private static IEnumerable<TestCaseData> Blocks() =>
        from page in Repository.Pages
        from block in CodeBlock.In(page, Repository.Read(page))
        select new TestCaseData(block).SetArgDisplayNames($"{page}:{block.Line}");

    [TestCaseSource(nameof(Blocks))]
    public void CodeOfAPage_NamesARegionOfACompiledFile_IsEqualToIt(object data)
    {
        var block = (CodeBlock)data;
        Assert.That(block.File, Is.Not.Null, "the line before the block must be <!-- code: FILE#REGION -->");
        Assert.That(block.File, Does.EndWith(".cs").And.Match("^(samples|tests)/"), "the file must be one that is compiled with the tests");
        Assert.That(File.Exists(Repository.PathOf(block.File!)), $"there is no {block.File}");
        var region = CodeBlock.FindRegion(Repository.Read(block.File!), block.Region!);
        Assert.That(region, Is.Not.Null.And.Not.Empty, $"{block.File} has no region // <{block.Region}>");
        Assert.That(block.Code, Is.EqualTo(region), $"copy the region {block.Region} of {block.File} to the page");
    }

    [TestCaseSource(nameof(Blocks))]
    public void CodeOfAPage_InASample_IsOfAProjectThatTheTestsReference(object data)
    {
        var folder = string.Join('/', ((CodeBlock)data).File!.Split('/')[..2]);
        var project = $"../../{folder}/{Path.GetFileName(folder)}.csproj";
        Assert.That(
            folder.StartsWith("tests/", StringComparison.Ordinal) || Repository.Read("tests/Wercker.Pipeline.Docs.Tests/Wercker.Pipeline.Docs.Tests.csproj").Contains($"\"{project}\"", StringComparison.Ordinal),
            $"{folder} is not compiled with these tests");
    }

    [Test]
    public void In_BlockWithoutComment_HasNoFile()
    {
        var blocks = CodeBlock.In("page.md", "<!-- code: a.cs#b -->\ntext\n```csharp\nvar a = 1;\n```\n<!-- code: a.cs#b -->\n```csharp\nvar b = 2;\n```").ToArray();

        Assert.That(blocks.Select(block => block.File), Is.EqualTo(new[] { null, "a.cs" }));
        Assert.That(blocks.Select(block => block.Code), Is.EqualTo(new[] { "var a = 1;", "var b = 2;" }));
    }

    [Test]
    public void FindRegion_IndentedRegion_IsMovedToTheMargin() =>
        Assert.That(CodeBlock.FindRegion("{\n    // <a>\n    if (b)\n\n        c();\n    // </a>\n}", "a"), Is.EqualTo("if (b)\n\n    c();"));

    [Test]
    public void FirstExamples_AreAsShortAsTheirPagesPromise()
    {
        Assert.That(LinesOf("samples/CustomStep/DiskSpaceStep.cs", "step"), Is.EqualTo(8));
        Assert.That(LinesOf("samples/CustomStep/CustomStepExtensions.cs", "add"), Is.EqualTo(2));
        Assert.That(LinesOf("samples/CustomTarget/FolderTarget.cs", "target"), Is.EqualTo(14));
    }

    private static int LinesOf(string file, string region) => CodeBlock.FindRegion(Repository.Read(file), region)!.Split('\n').Count(line => line.Length > 0);
}
