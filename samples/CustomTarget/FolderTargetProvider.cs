using Wercker.Pipeline;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Targets;

namespace Samples.CustomTarget;

/// <summary>Makes folder targets from settings: {"provider": "folder", "folder": "/srv/shop"}.</summary>
// <provider>
public sealed class FolderTargetProvider : ITargetProvider
{
    public string Provider => "folder";

    public IDeployTarget Create(TargetSettings settings) =>
        settings.Options["folder"]?.GetValue<string>() is { Length: > 0 } folder
            ? new FolderTarget(settings.Name, folder)
            : throw new ConfigurationException($"{settings.Location}.folder: is missing; name the folder that takes the releases.");
}
// </provider>
