using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Docs.Tests;

public sealed partial class LinkTests
{
    private static IEnumerable<TestCaseData> Links() =>
        from page in Repository.Pages
        from Match match in LinkPattern().Matches(Repository.Read(page))
        let link = match.Groups["link"].Value
        where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)
        select new TestCaseData(page, link);

    [TestCaseSource(nameof(Links))]
    public void LinkOfAPage_Relative_LeadsToAFileAndItsHeading(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, heading) : (link, null);
        var target = Path.GetFullPath(file.Length == 0 ? Repository.PathOf(page) : Path.Combine(Path.GetDirectoryName(Repository.PathOf(page))!, file));
        Assert.That(target, Does.StartWith(Repository.Root), "the link leads out of the repository");
        var relative = Path.GetRelativePath(Repository.Root, target);
        Assert.That(Repository.Has(relative), $"{page} links to {link}, and there is no {relative}");
        if (anchor is not null)
        {
            Assert.That(File.ReadAllLines(target).Where(line => line.StartsWith('#')).Select(AnchorOf), Does.Contain(anchor));
        }
    }

    private static string AnchorOf(string heading) =>
        string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Select(c => c == ' ' ? '-' : c).Where(c => char.IsLetterOrDigit(c) || c is '-' or '_'));

    [GeneratedRegex(@"\]\((?<link>[^)\s]+)\)")]
    private static partial Regex LinkPattern();
}
