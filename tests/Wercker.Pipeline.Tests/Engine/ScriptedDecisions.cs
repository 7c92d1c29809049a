using System.Collections.Concurrent;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tests.Engine;

/// <summary>People who answer what the test says, or wait until they are told.</summary>
internal sealed class ScriptedDecisions : IDecisionProvider
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Decision>> _open = new();
    private readonly ConcurrentQueue<DecisionRequest> _asked = new();
    private readonly SemaphoreSlim _questions = new(0);
    private int _withdrawn;

    public ConcurrentQueue<Decision> Answers { get; } = new();

    public Exception? Fault { get; set; }

    public IReadOnlyCollection<DecisionRequest> Asked => _asked;

    public int Withdrawn => _withdrawn;

    public Task AskedOnce => WaitForAsync(1);

    public async Task WaitForAsync(int questions)
    {
        for (var i = 0; i < questions; i++)
        {
            Assert.That(await _questions.WaitAsync(TimeSpan.FromSeconds(60)), "Nobody was asked.");
        }
    }

    public void Decide(string step, Decision decision) => _open[step].TrySetResult(decision);

    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        _asked.Enqueue(request);
        if (Fault is { } fault)
        {
            throw fault;
        }

        if (Answers.TryDequeue(out var answer))
        {
            return answer;
        }

        var open = _open[request.Step] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var withdrawing = cancellationToken.Register(() =>
        {
            Interlocked.Increment(ref _withdrawn);
            open.TrySetCanceled(cancellationToken);
        });
        _questions.Release();
        return await open.Task;
    }
}
