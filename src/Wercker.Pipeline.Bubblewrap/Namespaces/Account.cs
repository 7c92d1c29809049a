using System.Globalization;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>Who commands are, as they see it themselves. Outside they are always the same user without rights, whatever they are called inside.</summary>
/// <param name="Name">Their name.</param>
/// <param name="User">The user's number inside.</param>
/// <param name="Group">The group's number inside.</param>
internal sealed record Account(string Name, int User, int Group)
{
    private const string DefaultName = "deploy";

    /// <summary>What tells bwrap.</summary>
    public IEnumerable<string> Arguments =>
        ["--uid", User.ToString(CultureInfo.InvariantCulture), "--gid", Group.ToString(CultureInfo.InvariantCulture)];

    /// <summary>The lines of /etc/passwd.</summary>
    public string Users => string.Create(CultureInfo.InvariantCulture, $"{Name}:x:{User}:{Group}::{Layout.HomeInside}:/bin/bash\nnobody:x:65534:65534::/nonexistent:/bin/false\n");

    /// <summary>The lines of /etc/group.</summary>
    public string Groups => string.Create(CultureInfo.InvariantCulture, $"{Name}:x:{Group}:\nnogroup:x:65534:\n");

    /// <summary>Reads "root", "name", "1000" or "1000:1000".</summary>
    /// <param name="user">The wish; null for none.</param>
    /// <param name="outside">The user that commands are outside, whose numbers they have unless others are asked for.</param>
    /// <exception cref="SandboxException">It is none of these.</exception>
    public static Account Of(string? user, int outside)
    {
        if (user is null or "root")
        {
            return user is null ? new Account(DefaultName, outside, outside) : new Account("root", 0, 0);
        }

        var parts = user.Split(':');
        if (parts.Length <= 2 && Array.TrueForAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var number = int.Parse(parts[0], CultureInfo.InvariantCulture);
            return new Account(number == 0 ? "root" : DefaultName, number, int.Parse(parts[^1], CultureInfo.InvariantCulture));
        }

        return parts.Length == 1 && user.Length <= 32 && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !char.IsAsciiDigit(user[0])
            ? new Account(user, outside, outside)
            : throw new SandboxException($"The user '{user}' is neither a name nor numbers like 1000:1000; correct \"user\".");
    }
}
