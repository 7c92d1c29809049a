using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing.Tests;

public class FakeTargetTests
{
    private readonly FakeTarget _target = new("production");

    [Test]
    public async Task PushAsync_Unscripted_ReleasesTheRevisionAndRecordsTheCall()
    {
        var result = await InContextAsync(context => _target.PushAsync(context, CancellationToken.None));
        Assert.That(result.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(_target.Releases, Is.EqualTo(new[] { new Release("v1", "a1b2c3d") }));
        Assert.That(_target.Calls, Is.EqualTo(new[] { new FakeTargetCall(TargetOperation.Push, "a1b2c3d") }));
    }

    [Test]
    public async Task PushAsync_ScriptedVerdict_AnswersOnceAndChangesNothing()
    {
        _target.Answer(TargetOperation.Push, StepResult.Failed("quota"));
        var first = await InContextAsync(context => _target.PushAsync(context, CancellationToken.None));
        Assert.That((first.Message, _target.Releases.Count), Is.EqualTo(("quota", 0)));
        var second = await InContextAsync(context => _target.PushAsync(context, CancellationToken.None));
        Assert.That((second.Status, _target.Releases.Count), Is.EqualTo((StepStatus.Succeeded, 1)));
    }

    [Test]
    public async Task SetMaintenanceAsync_ScriptedAccident_ThrowsOnceAndChangesNothing()
    {
        _target.Throw(TargetOperation.SetMaintenance, new HttpRequestException("503"));
        await OneStepDeployment.RunAsync(_target, (context, token) =>
        {
            Assert.That(async () => await _target.SetMaintenanceAsync(context, true, token), Throws.TypeOf<HttpRequestException>());
            Assert.That(_target.Maintenance, Is.False);
            Assert.That(async () => await _target.SetMaintenanceAsync(context, true, token), Throws.Nothing);
            return Task.CompletedTask;
        }, CancellationToken.None);
        Assert.That(_target.Maintenance, Is.True);
    }

    [Test]
    public void Answer_OperationWithoutAVerdict_IsRefused() =>
        Assert.That(() => _target.Answer(TargetOperation.SetMaintenance, StepResult.Succeeded()), Throws.ArgumentException);

    [Test]
    public async Task RollBackAsync_EarlierRelease_MakesItLiveAgain()
    {
        var old = _target.AddRelease("old");
        _target.AddRelease("new");
        await InContextAsync(context => _target.RollBackAsync(context, old, CancellationToken.None));
        Assert.That(_target.Releases[^1], Is.EqualTo(old));
    }

    [TestCase(TargetCapability.None, null)]
    [TestCase(TargetCapability.Preflight, typeof(IPreflight))]
    [TestCase(TargetCapability.Maintenance, typeof(IMaintenance))]
    [TestCase(TargetCapability.CommandRunner, typeof(ICommandRunner))]
    [TestCase(TargetCapability.Push, typeof(IPush))]
    [TestCase(TargetCapability.Restart, typeof(IRestart))]
    [TestCase(TargetCapability.ReleaseHistory, typeof(IReleaseHistory))]
    public void Only_OneCapability_HasThatOneAndNoOther(TargetCapability capability, Type? expected)
    {
        var view = _target.Only(capability);
        Assert.That(view.GetType().GetInterfaces().Except([typeof(IDeployTarget)]), Is.EqualTo(expected is null ? [] : new[] { expected }));
        Assert.That(view.Name, Is.EqualTo("production"));
    }

    [Test]
    public async Task Only_Called_ActsOnTheTargetBehind()
    {
        var view = (IMaintenance)_target.Only(TargetCapability.Maintenance);
        await OneStepDeployment.RunAsync(_target, async (context, token) => await view.SetMaintenanceAsync(context, true, token), CancellationToken.None);
        Assert.That(_target.Maintenance, Is.True);
    }

    private async Task<StepResult> InContextAsync(Func<DeployContext, ValueTask<StepResult>> call)
    {
        StepResult? result = null;
        await OneStepDeployment.RunAsync(_target, async (context, _) => result = await call(context), CancellationToken.None);
        return result!;
    }
}
