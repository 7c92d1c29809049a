namespace Wercker.Pipeline.Targets;

/// <summary>
/// SSH key pairs as wercker handed them to scripts: NAME_PRIVATE and NAME_PUBLIC, whose line breaks are the two characters \n, so that
/// <c>echo -e "$NAME_PRIVATE"</c> writes the key.
/// </summary>
internal static class KeyPairVariable
{
    public static string Encode(string name, string value) =>
        name.EndsWith("_PRIVATE", StringComparison.Ordinal) || name.EndsWith("_PUBLIC", StringComparison.Ordinal)
            ? value.ReplaceLineEndings("\n").Replace("\n", "\\n", StringComparison.Ordinal)
            : value;
}
