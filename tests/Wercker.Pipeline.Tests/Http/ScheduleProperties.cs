using System.Net;
using FsCheck;
using FsCheck.Fluent;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Http;

/// <summary>Random schedules, against the whole test with only the network taken out.</summary>
public sealed class ScheduleProperties
{
    private static readonly string[] Words =
        ["new", "bad", "old", "unversioned", "error", "new-error", "old-error", "502", "503", "new-503", "refused"];

    private static readonly string[] OwnErrors = ["error", "new-error", "new-503"];

    [FsCheck.NUnit.Property(MaxTest = 500, Arbitrary = [typeof(Schedules)])]
    public void RunAsync_AnySchedule_PassesOnlyAfterThreeProvenAnswersInARow(string[] schedule)
    {
        var network = new Network(schedule);
        using var client = new HttpClient(network);
        var report = HttpTestRunner.RunAsync(test => HttpTestRunner.Standard(test.Get("http://shop.example/").Using(client))).GetAwaiter().GetResult();

        var seen = network.Seen;
        var endsWithThree = seen.Count >= 3 && seen.TakeLast(3).All(word => word == "new");
        Assert.That(report.Status, Is.EqualTo(Expected(schedule)), string.Join(", ", seen));
        Assert.That(report.Status == StepStatus.Succeeded, Is.EqualTo(endsWithThree), string.Join(", ", seen));
        Assert.That(seen.SkipLast(1).Any(OwnErrors.Contains), Is.False, "an error of the application ends the test");
        Assert.That(seen, Has.Count.LessThanOrEqualTo(5 + 5), "five tries, and five seconds for the cut-over");
        Assert.That(report.Evidence.Single().Text!.Split('\n'), Has.Length.LessThanOrEqualTo(61));
    }

    /// <summary>What the documentation says, in the shortest words of code.</summary>
    private static StepStatus Expected(string[] schedule)
    {
        var (row, tries) = (0, 0);
        for (var second = 0; ; second++)
        {
            var word = schedule[Math.Min(second, schedule.Length - 1)];
            var isCutOver = word is "old" or "old-error" or "unversioned" or "502" or "503" or "refused";
            if (OwnErrors.Contains(word))
            {
                return StepStatus.Failed;
            }

            row = word == "new" ? row + 1 : 0;
            if (isCutOver && tries == 0 && second >= 5)
            {
                return word == "unversioned" ? StepStatus.Inconclusive : StepStatus.Failed;
            }

            tries += isCutOver && (tries == 0 || second < 5) ? 0 : 1;
            if (row == 3 || 5 - tries < 3 - row)
            {
                return row == 3 ? StepStatus.Succeeded : StepStatus.Failed;
            }
        }
    }

    private sealed class Network(string[] schedule) : HttpMessageHandler
    {
        public List<string> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var word = schedule[Math.Min(Seen.Count, schedule.Length - 1)];
            Seen.Add(word);
            if (word == "refused")
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
            }

            var answer = ScheduledApp.Answer(word).Split("\r\n\r\n");
            var response = new HttpResponseMessage((HttpStatusCode)int.Parse(answer[0].Split(' ')[1], null)) { Content = new StringContent(answer[1]) };
            foreach (var version in answer[0].Split("\r\n").Where(line => line.StartsWith("X-Version: ", StringComparison.Ordinal)))
            {
                response.Headers.Add("X-Version", version[11..]);
            }

            return Task.FromResult(response);
        }
    }

    private static class Schedules
    {
        // As often the new version as all else together, or hardly any schedule would pass.
        public static Arbitrary<string[]> Arbitrary() =>
            Gen.Frequency((6, Gen.Constant("new")), (5, Gen.Elements(Words))).NonEmptyListOf().Select(words => words.Take(20).ToArray()).ToArbitrary();
    }
}
