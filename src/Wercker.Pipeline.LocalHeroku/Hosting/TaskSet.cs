using System.Collections.Concurrent;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>Work that goes on beside its starter, and that has to be over before what it works on is taken away.</summary>
internal sealed class TaskSet
{
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();

    public void Run(Func<Task> work) => Add(Task.Run(work));

    public void Add(Task task)
    {
        _tasks[task] = true;
        _ = task.ContinueWith(t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Ends when nothing is left, also of what was added meanwhile.</summary>
    public async Task WhenEmptyAsync()
    {
        while (!_tasks.IsEmpty)
        {
            foreach (Task task in _tasks.Keys)
            {
                // Whoever failed has said so; the way down goes on.
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _tasks.TryRemove(task, out _);
            }
        }
    }
}
