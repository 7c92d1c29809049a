using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Targets;

/// <summary>Makes <see cref="CustomTarget"/>s: the commands that deploy stand in the file for all of them, those that roll back in the settings of each.</summary>
internal sealed class CustomTargetProvider(WerckerConfig config) : ITargetProvider
{
    /// <inheritdoc />
    public string Provider => "custom";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var rollback = settings.Options["rollback"] is { } node ? CommandReader.Read(node, $"{settings.Location}.rollback") : [];
        var once = new SettingsReader(settings.Options, settings.Location).GetFlag("rollbackOnce");
        return new CustomTarget(settings.Name, config.Deploy, config.Limit(rollback)) { RollsBackOnce = once };
    }
}
