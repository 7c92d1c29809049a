using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Targets;

/// <summary>Makes targets of one kind from settings.</summary>
public interface ITargetProvider
{
    /// <summary>The word for it in the settings: "custom", "heroku".</summary>
    string Provider { get; }

    /// <summary>Makes the target. Checks the settings and contacts nobody: that is the Setup step's work.</summary>
    /// <param name="settings">The settings of the deploy target.</param>
    /// <returns>The target.</returns>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its key path.</exception>
    IDeployTarget Create(TargetSettings settings);
}
