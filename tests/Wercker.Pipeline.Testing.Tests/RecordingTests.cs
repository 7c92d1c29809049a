namespace Wercker.Pipeline.Testing.Tests;

public class RecordingTests
{
    [Test]
    public async Task Observer_WaitForAsync_SeesEarlierAndLaterEvents()
    {
        var observer = new RecordingObserver();
        await observer.OnEventAsync(Event(1), CancellationToken.None);
        Assert.That((await observer.WaitForAsync(e => e.Sequence == 1, CancellationToken.None)).Sequence, Is.EqualTo(1));
        var waiting = observer.WaitForAsync(e => e.Sequence == 3, CancellationToken.None);
        await observer.OnEventAsync(Event(2), CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);
        await observer.OnEventAsync(Event(3), CancellationToken.None);
        Assert.That((await waiting).Sequence, Is.EqualTo(3));
        Assert.That(observer.Events.Select(e => e.Sequence), Is.EqualTo(new long[] { 1, 2, 3 }));
    }

    [Test]
    public void Observer_WaitForAsyncCanceled_GivesUp()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = new RecordingObserver().WaitForAsync(_ => true, cancel.Token);
        cancel.Cancel();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Observer_Failure_IsThrownAfterRecording()
    {
        var observer = new RecordingObserver { Failure = new InvalidOperationException("broken") };
        Assert.That(async () => await observer.OnEventAsync(Event(1), CancellationToken.None), Throws.InvalidOperationException);
        Assert.That(observer.Events, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Sink_BehindAStep_KeepsStepsAndStreamsApart()
    {
        var sink = new RecordingOutputSink();
        await OneStepDeployment.RunAsync(null, new PipelineServices { Outputs = [sink] }, async (context, token) =>
        {
            await context.Output.WriteAsync(OutputStream.Output, "one\n\ntwo\n\n"u8.ToArray(), token);
            await context.Output.WriteAsync(OutputStream.Error, "oops"u8.ToArray(), token);
            await context.Output.FlushAsync(token);
        }, CancellationToken.None);
        Assert.That(sink.LinesOf("step"), Is.EqualTo(new[] { "one", "", "two", "" }));
        Assert.That(sink.TextOf("step", OutputStream.Error), Is.EqualTo("oops\n"));
        Assert.That(sink.LinesOf("other"), Is.Empty);
        Assert.That(sink.Text, Does.StartWith("one\n").And.EndsWith("oops\n"));
    }

    private static DeployEvent Event(long sequence) => new() { DeploymentId = "d", Sequence = sequence, At = DateTimeOffset.UnixEpoch, Kind = DeployEventKind.Warning };
}
