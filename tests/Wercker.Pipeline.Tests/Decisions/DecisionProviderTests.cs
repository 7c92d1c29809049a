using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tests.Decisions;

public sealed class DecisionProviderTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"decisions-{Guid.NewGuid():N}");

    internal static DecisionRequest Request(int attempt = 1) => new()
    {
        Id = "d1-1",
        DeploymentId = "d1",
        Step = "Push",
        Question = "shop a1b2c3d: Push failed: no",
        Choices = [DecisionChoice.Retry, DecisionChoice.Fail, DecisionChoice.RollBack],
        Default = DecisionChoice.RollBack,
        Attempt = attempt,
        AskedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Due = new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero),
    };

    [TearDown]
    public void Remove()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Test]
    public async Task Fixed_SeveralChoices_AreTakenOneAfterTheOtherAndTheLastOneStays()
    {
        var rule = DecisionProvider.Fixed(DecisionChoice.Retry, DecisionChoice.Ignore, DecisionChoice.Fail);

        Assert.That((await rule.DecideAsync(Request(1), default)).Choice, Is.EqualTo(DecisionChoice.Retry));
        Assert.That((await rule.DecideAsync(Request(2), default)).Choice, Is.EqualTo(DecisionChoice.RollBack), "To ignore was not offered: the default.");
        Assert.That((await rule.DecideAsync(Request(9), default)).Choice, Is.EqualTo(DecisionChoice.Fail));
    }

    [Test]
    public void Fixed_ThatWouldNeverEnd_IsRefused()
    {
        Assert.That(() => DecisionProvider.Fixed(DecisionChoice.Retry), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => DecisionProvider.Fixed(), Throws.TypeOf<ConfigurationException>());
    }

    [Test]
    public async Task Files_AnswerThatIsWrittenLater_CountsAndTheQuestionIsTakenAway()
    {
        var asking = DecisionProvider.Files(_directory).DecideAsync(Request(), default).AsTask();
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_directory, "d1-1.question.json")), Does.Contain("Push failed").And.Contain("\"roll-back\""));

        await File.WriteAllTextAsync(Path.Combine(_directory, "d1-1.answer.json"), """{"choice": "roll-back", "by": "ann", "reason": "too slow"}""");
        var decision = await asking.WaitAsync(Long);

        Assert.That(decision, Is.EqualTo(new Decision(DecisionChoice.RollBack, "ann", "too slow")));
        Assert.That(Directory.GetFiles(_directory).Select(Path.GetFileName), Is.EqualTo(new[] { "d1-1.answer.json" }), "Until it is journaled, the answer stays.");
        Assert.That(await DecisionProvider.Files(_directory).DecideAsync(Request(), default), Is.EqualTo(decision), "After a restart it is there.");
    }

    [TestCase("""{"choice": "ignore", "by": "ann"}""", "must be one of retry, fail, roll-back")]
    [TestCase("""{"choice": "retry"}""", "\"by\" is missing")]
    [TestCase("""{"id": "d2-1", "choice": "retry", "by": "ann"}""", "answers the question d2-1")]
    [TestCase("""retry""", "no JSON object")]
    public async Task Files_AnswerThatDoesNotCount_IsExplainedAndCanBeWrittenAnew(string wrong, string words)
    {
        var asking = DecisionProvider.Files(_directory).DecideAsync(Request(), default).AsTask();
        var (answer, refused) = (Path.Combine(_directory, "d1-1.answer.json"), Path.Combine(_directory, "d1-1.refused.txt"));
        await File.WriteAllTextAsync(answer, wrong);
        using var deadline = new CancellationTokenSource(Long);
        while (!File.Exists(refused))
        {
            await Task.Delay(10, deadline.Token);
        }

        Assert.That(await File.ReadAllTextAsync(refused), Does.Contain(words));
        await File.WriteAllTextAsync(answer, """{"choice": "retry", "by": "ann"}""");

        Assert.That((await asking.WaitAsync(Long)).Choice, Is.EqualTo(DecisionChoice.Retry));
        Assert.That(File.Exists(refused), Is.False);
    }

    [Test]
    public async Task Files_Canceled_TakesTheQuestionAway()
    {
        using var over = new CancellationTokenSource();
        var asking = DecisionProvider.Files(_directory).DecideAsync(Request(), over.Token).AsTask();

        await over.CancelAsync();

        Assert.That(() => asking, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFiles(_directory), Is.Empty);
    }

    [Test]
    public void Files_IdThatIsNoName_IsRefused() =>
        Assert.That(async () => await DecisionProvider.Files(_directory).DecideAsync(Request() with { Id = "../d1" }, default), Throws.InvalidOperationException);

    [Test]
    public async Task Prompt_BeginningOfAChoiceAndAReason_Counts()
    {
        using var output = new StringWriter();

        var decision = await DecisionProvider.Prompt(new StringReader("what?\nr\nro too slow\n"), output, "ann").DecideAsync(Request(), default);

        Assert.That(decision, Is.EqualTo(new Decision(DecisionChoice.RollBack, "ann", "too slow")));
        Assert.That(output.ToString(), Does.Contain("Push failed: no").And.Contain("Please type one of retry, fail, roll-back."));
    }

    [Test]
    public async Task Prompt_InputThatHasEnded_WaitsForTheDeadline()
    {
        using var over = new CancellationTokenSource();
        var asking = DecisionProvider.Prompt(TextReader.Null, TextWriter.Null, "ann").DecideAsync(Request(), over.Token).AsTask();

        await over.CancelAsync();

        Assert.That(() => asking.WaitAsync(Long), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task FirstOf_OneFails_TheOthersGoOnAndAreWithdrawnAfterTheFirstAnswer()
    {
        var patient = new Patient();
        var providers = DecisionProvider.FirstOf(new Broken(), patient, new Late(patient));

        var decision = await providers.DecideAsync(Request(), default).AsTask().WaitAsync(Long);

        Assert.That(decision.By, Is.EqualTo("late"));
        Assert.That(patient.WasWithdrawn);
    }

    [Test]
    public void FirstOf_AllFail_Fails() =>
        Assert.That(async () => await DecisionProvider.FirstOf(new Broken(), new Broken()).DecideAsync(Request(), default), Throws.TypeOf<IOException>());

    private sealed class Broken : IDecisionProvider
    {
        public ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken) => throw new IOException("no bot");
    }

    private sealed class Patient : IDecisionProvider
    {
        public TaskCompletionSource IsAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasWithdrawn { get; private set; }

        public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
        {
            IsAsked.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                WasWithdrawn = true;
            }

            throw new InvalidOperationException();
        }
    }

    private sealed class Late(Patient patient) : IDecisionProvider
    {
        public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
        {
            await patient.IsAsked.Task;
            return new Decision(DecisionChoice.Retry, "late");
        }
    }
}
