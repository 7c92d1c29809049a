namespace Wercker.Pipeline.Configuration;

/// <summary>Makes sources of one kind from settings: log sources, metric sources, checks of metrics.</summary>
/// <typeparam name="TSource">What it makes: <see cref="Logs.ILogSource"/>, <see cref="Metrics.IMetricSource"/>.</typeparam>
public interface ISourceProvider<out TSource>
{
    /// <summary>The word for it in the settings: "loggly", "graphite".</summary>
    string Provider { get; }

    /// <summary>Makes the source. Checks the settings and contacts nobody.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message names its key path.</exception>
    TSource Create(SettingsReader settings);
}
