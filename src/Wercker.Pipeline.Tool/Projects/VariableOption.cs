using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Reads --env K=V and --env K. A variable that the target calls a secret is one, wherever its value comes from.</summary>
internal static class VariableOption
{
    public static DeployRequest AddTo(DeployRequest request, IEnumerable<string> texts, IReadOnlyList<string> secrets)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var hidden = new OrderedDictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var (name, value) in texts.Select(Parse))
        {
            if (secrets.Contains(name, StringComparer.Ordinal))
            {
                hidden[name] = new Secret(value);
            }
            else
            {
                variables[name] = value;
            }
        }

        return request with { Variables = variables, SecretVariables = hidden };
    }

    private static (string Name, string Value) Parse(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        var name = end < 0 ? text : text[..end];
        if (!IsName(name))
        {
            // What stands behind '=' may be a secret and is not repeated.
            throw new ConfigurationException($"--env: '{ConsoleText.CleanLine(name)}' is not a name of an environment variable: use letters, digits and _, and do not start with a digit.");
        }

        return end >= 0
            ? (name, text[(end + 1)..])
            : (name, Environment.GetEnvironmentVariable(name)
                ?? throw new ConfigurationException($"--env {name}: the variable is not set here. Set it, or write --env {name}=VALUE."));
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
