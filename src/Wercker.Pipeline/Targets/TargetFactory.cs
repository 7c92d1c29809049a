using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Targets;

/// <summary>Makes a target of its settings and brings their variables into the deployment.</summary>
internal static class TargetFactory
{
    public static IDeployTarget Create(TargetSettings settings, IEnumerable<ITargetProvider> providers)
    {
        var known = providers.ToArray();
        var provider = known.FirstOrDefault(one => string.Equals(one.Provider, settings.Provider, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException(
                $"{settings.Location}.provider: there is no provider '{settings.Provider}'. Known: {string.Join(", ", known.Select(one => one.Provider).Order(StringComparer.Ordinal))}.");
        return provider.Create(settings);
    }

    public static void Contribute(TargetSettings settings, Func<string, string?> lookup, DeployEnvironment environment)
    {
        environment.Set("WERCKER_DEPLOYTARGET_NAME", settings.Name);
        foreach (var (name, value) in settings.Variables)
        {
            environment.Set(name, KeyPairVariable.Encode(name, value));
        }

        foreach (var name in settings.Secrets)
        {
            // Protected by its name, because the value may also come with the request.
            environment.Protect(name);
            if (lookup(name) is { Length: > 0 } value)
            {
                environment.SetSecret(name, new Secret(KeyPairVariable.Encode(name, value)));
            }
        }
    }
}
