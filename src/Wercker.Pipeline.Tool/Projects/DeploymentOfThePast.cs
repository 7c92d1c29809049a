namespace Wercker.Pipeline.Tool.Projects;

/// <summary>A deployment that is looked at afterwards.</summary>
/// <param name="At">When its version was there.</param>
/// <param name="Until">The end of the time to look at; null for as much as each test wants.</param>
internal sealed record DeploymentOfThePast(DateTimeOffset At, DateTimeOffset? Until)
{
    /// <summary>When there is nothing more to see for a test that looks at this much.</summary>
    public DateTimeOffset EndOf(TimeSpan length) => Until ?? At + length;

    /// <summary>What a test that looks at this much can see by now.</summary>
    public TestWindow WindowOf(TimeSpan length, DateTimeOffset now)
    {
        var end = EndOf(length);
        return new TestWindow(At, At, end < now ? end : now);
    }
}
