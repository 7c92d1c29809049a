using System.Collections.Concurrent;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>A thread that lives as long as this process.</summary>
/// <remarks>
/// bwrap asks the kernel to be killed when its parent dies (PR_SET_PDEATHSIG), and to the kernel the parent is the thread that started it, not the
/// process. .NET ends threads of its pool when they have nothing to do, and would take the sandbox along in the middle of a deployment.
/// </remarks>
internal static class ImmortalThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static ImmortalThread() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "bubblewrap starter" }.Start();

    /// <summary>Runs something on it.</summary>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return result.Task;
    }

    private static void Run()
    {
        foreach (var action in Work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
