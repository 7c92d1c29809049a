using Wercker.Pipeline.Commands;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Targets;

/// <summary>Makes <see cref="CustomTarget"/>s from settings: {"provider": "custom", "rollback": ["./rollback.sh"]}.</summary>
/// <param name="deploy">The deploy scripts of wercker.json.</param>
/// <param name="limits">How long a command may take; null for the defaults.</param>
public sealed class CustomTargetProvider(IReadOnlyList<WerckerCommand> deploy, CommandLimits? limits = null) : ITargetProvider
{
    /// <inheritdoc />
    public string Provider => "custom";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var rollback = settings.Options["rollback"] is { } node ? WerckerJson.ReadCommands(node, $"{settings.Location}.rollback") : [];
        return new CustomTarget(settings.Name, deploy, rollback, limits);
    }
}
