using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline;

namespace Samples.Container;

/// <summary>A service of the application that deploys: it asks for its pipelines by name.</summary>
// <keyed>
public sealed class Deployer([FromKeyedServices("shop")] DeployPipeline shop, [FromKeyedServices("blog")] DeployPipeline blog)
{
    public async Task<IReadOnlyList<DeployReport>> DeployAsync(string revision, CancellationToken cancellationToken) =>
        await Task.WhenAll(shop.DeployAsync(new("shop", revision), cancellationToken), blog.DeployAsync(new("blog", revision), cancellationToken));
}
// </keyed>
