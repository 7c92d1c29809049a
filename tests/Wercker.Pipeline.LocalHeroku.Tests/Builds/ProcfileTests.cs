using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.LocalHeroku.Builds;

namespace Wercker.Pipeline.LocalHeroku.Tests.Builds;

internal sealed class ProcfileTests
{
    [Test]
    public void Parse_WithWhatPeopleWrite_TakesTheEntries()
    {
        const string text = "# a comment\r\nweb:   bundle exec puma -p $PORT  \r\n\r\nworker_2: a: b\nbad line\nempty:\nrelease:rake\n";

        Assert.That(Procfile.Parse(text), Is.EqualTo(new Dictionary<string, string>
        {
            ["release"] = "rake",
            ["web"] = "bundle exec puma -p $PORT",
            ["worker_2"] = "a: b",
        }));
    }

    [Test]
    public void Parse_OfAnyText_NeverYieldsAnEmptyCommandOrAStrangeType()
    {
        Gen<string> text = Gen.Elements("web", ":", " ", "\n", "x", "\r\n", "#", "\t", "ü", "-", "::").ArrayOf().Select(string.Concat);

        Prop.ForAll(text.ToArbitrary(), t =>
            Procfile.Parse(t).All(p => p.Value.Length > 0 && p.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Parse_OfWhatWasWritten_GivesItBack()
    {
        Gen<string> word = Gen.Elements("web", "worker", "clock", "a-b", "x_1");
        Gen<string> command = Gen.Elements("run", "bin/rails server -p $PORT", "a: b", "echo \"x\" # y");
        Gen<Dictionary<string, string>> types = word.Zip(command).ListOf().Select(l => l.GroupBy(p => p.Item1).ToDictionary(g => g.Key, g => g.Last().Item2));

        Prop.ForAll(types.ToArbitrary(), map =>
            Procfile.Parse(string.Concat(map.Select(p => $"{p.Key}: {p.Value}\n"))).OrderBy(p => p.Key).SequenceEqual(map.OrderBy(p => p.Key)))
            .QuickCheckThrowOnFailure();
    }
}
