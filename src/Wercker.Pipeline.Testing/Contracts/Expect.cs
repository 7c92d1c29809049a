namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>The few assertions of the kits, which belong to no test framework.</summary>
internal static class Expect
{
    public static void That(bool condition, string violation)
    {
        if (!condition)
        {
            throw new ContractViolationException(violation);
        }
    }

    /// <summary>The call must end as canceled: by an <see cref="OperationCanceledException"/> and nothing else.</summary>
    public static async Task CanceledAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await canceled.CancelAsync().ConfigureAwait(false);
        try
        {
            await call(canceled.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e)
        {
            throw new ContractViolationException($"{what} with a canceled token threw {e.GetType().Name} instead of OperationCanceledException: the deployment would count a cancel as an accident.", e);
        }

        throw new ContractViolationException($"{what} ran to its end with a canceled token: a deployment could not be canceled there.");
    }

    /// <summary>The call must throw: a source that cannot see must not answer as if there were nothing.</summary>
    public static async Task ThrowsAsync(string violation, Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ContractViolationException)
        {
            return;
        }

        throw new ContractViolationException(violation);
    }

    public static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            list.Add(item);
        }

        return list;
    }

    public static async ValueTask DisposeAsync(object instance)
    {
        if (instance is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else if (instance is IDisposable disposable)
        {
            disposable.Dispose();
        }
    }
}
