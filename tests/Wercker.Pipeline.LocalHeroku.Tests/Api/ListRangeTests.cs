using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.LocalHeroku.Api;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class ListRangeTests
{
    private static readonly string[] Fields = ["version", "id"];

    [TestCase("", "version", 200, false)]
    [TestCase("version ..; max=15, order=desc", "version", 15, true)]
    [TestCase("version ..; order=desc,max=1", "version", 1, true)]
    [TestCase("id ..; max=10;", "id", 10, false)]
    [TestCase("id a..b", "id", 200, false)]
    [TestCase("id ]a..; max=5000", "id", 1000, false)]
    public void Parse_OfWhatClientsSend_Understands(string header, string field, int max, bool descending)
    {
        ListRange range = ListRange.Parse(header, Fields);

        Assert.That((range.Field, range.Max, range.IsDescending), Is.EqualTo((field, max, descending)));
    }

    [TestCase("bytes=0-")]
    [TestCase("name ..")]
    [TestCase("version")]
    public void Parse_OfAnythingElse_IsRefused(string header) =>
        Assert.That(() => ListRange.Parse(header, Fields), Throws.InstanceOf<ApiException>().With.Property("Status").EqualTo(416));

    [Test]
    public void Cut_FollowedToTheEnd_GivesEveryItemOnceInOrder() => Prop.ForAll(
        Gen.Choose(0, 30).Zip(Gen.Choose(1, 12)).Zip(Gen.Elements(true, false)).ToArbitrary(),
        input =>
        {
            ((int count, int max), bool descending) = input;
            var all = new JsonArray([.. Enumerable.Range(1, count).Select(i => (JsonNode)new JsonObject { ["version"] = i })]);
            var seen = new List<int>();
            string? header = $"version ..; max={max}{(descending ? ", order=desc" : "")}";
            while (header is not null)
            {
                (JsonArray items, header, _) = ListRange.Parse(header!, Fields).Cut(all);
                seen.AddRange(items.Select(i => i!["version"]!.GetValue<int>()));
            }

            IEnumerable<int> expected = Enumerable.Range(1, count);
            return seen.SequenceEqual(descending ? expected.Reverse() : expected);
        }).QuickCheckThrowOnFailure();
}
