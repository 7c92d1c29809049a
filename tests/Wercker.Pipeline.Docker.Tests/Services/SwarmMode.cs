using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Makes the engine a Swarm of one node, and takes it out again when it was none; and makes the images of the tests.</summary>
[SetUpFixture]
public sealed class SwarmMode
{
    private bool _isOurs;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if ((await Engine.Client.System.GetSystemInfoAsync()).Swarm?.LocalNodeState != "active")
        {
            await Engine.Client.Swarm.InitSwarmAsync(new SwarmInitParameters { AdvertiseAddr = "127.0.0.1", ListenAddr = "127.0.0.1:2377" });
            _isOurs = true;
        }

        await ShopImages.MakeAsync();
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (_isOurs)
        {
            await Engine.Client.Swarm.LeaveSwarmAsync(new SwarmLeaveParameters { Force = true });
        }
    }
}
