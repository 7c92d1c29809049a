using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline;

/// <summary>The environment variables of a deployment, in the order in which they were first set.</summary>
public sealed class DeployEnvironment : IEnumerable<(string Name, Secret Value, bool IsProtected)>
{
    private readonly OrderedDictionary<string, (string Name, Secret Value, bool IsProtected)> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _protected = new(StringComparer.Ordinal);
    private readonly List<(string Name, Secret Value)> _concealed = [];

    /// <summary>Sets a variable that everybody may see. A later value wins; a protected name stays protected, and one that ends with _PRIVATE always is.</summary>
    /// <param name="name">Letters, digits and underscores, not starting with a digit.</param>
    /// <param name="value">The value, passed to commands natively, never through shell text.</param>
    /// <returns>This environment.</returns>
    /// <exception cref="ArgumentException">The name is not a variable name, or the value holds a NUL character.</exception>
    public DeployEnvironment Set(string name, string value) => Store(name, value, false);

    /// <summary>Sets a protected variable: hidden from listings and masked in every output.</summary>
    /// <param name="name">Letters, digits and underscores, not starting with a digit.</param>
    /// <param name="value">The value.</param>
    /// <returns>This environment.</returns>
    /// <exception cref="ArgumentException">The name is not a variable name, or the value holds a NUL character.</exception>
    public DeployEnvironment SetSecret(string name, Secret value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Store(name, value.Reveal(), true);
    }

    /// <summary>The value of a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, secret or not.</param>
    /// <returns>True when it is set.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        value = _variables.TryGetValue(name, out var variable) ? variable.Value.Reveal() : null;
        return value is not null;
    }

    /// <summary>How many variables there are.</summary>
    public int Count => _variables.Count;

    /// <summary>The listing that people see: protected values as ***.</summary>
    /// <returns>Names and values in order.</returns>
    public IReadOnlyDictionary<string, string> ToListing()
    {
        var listing = new OrderedDictionary<string, string>(_variables.Count);
        foreach (var (name, value, isProtected) in _variables.Values)
        {
            listing.Add(name, isProtected ? Secret.Mask : value.Reveal());
        }

        return listing;
    }

    /// <summary>A masker that knows the protected values.</summary>
    internal SecretMasker ToMasker()
    {
        var masker = new SecretMasker();
        foreach (var (name, value, isProtected) in _variables.Values)
        {
            if (isProtected)
            {
                masker.Add(name, value);
            }
        }

        foreach (var (name, value) in _concealed)
        {
            masker.Add(name, value);
        }

        return masker;
    }

    /// <inheritdoc />
    public IEnumerator<(string Name, Secret Value, bool IsProtected)> GetEnumerator() => _variables.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True for names that a POSIX shell can read.</summary>
    internal static bool IsName(string? name) =>
        !string.IsNullOrEmpty(name) && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Masks secrets that no command gets, such as the token of a log source.</summary>
    /// <param name="owner">Whose they are, for warnings.</param>
    /// <param name="secrets">The secrets.</param>
    internal void Conceal(string owner, IReadOnlyList<Secret> secrets) => _concealed.AddRange(secrets.Where(secret => secret.Reveal().Length > 0).Select(secret => ($"the secret of {owner}", secret)));

    /// <summary>Protects whatever value a variable gets, from wherever it comes.</summary>
    internal void Protect(string name)
    {
        _protected.Add(name);
        if (_variables.TryGetValue(name, out var variable))
        {
            _variables[name] = variable with { IsProtected = true };
        }
    }

    private DeployEnvironment Store(string name, string value, bool isProtected)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is not a name of an environment variable: use letters, digits and _, and do not start with a digit.", nameof(name));
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The value of {name} holds a NUL character, which no environment can carry.", nameof(value));
        }

        // The private half of an SSH key pair is a secret, wherever it comes from.
        if (isProtected || name.EndsWith("_PRIVATE", StringComparison.Ordinal))
        {
            _protected.Add(name);
        }

        _variables[name] = (name, new Secret(value), _protected.Contains(name));
        return this;
    }
}
