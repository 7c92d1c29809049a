using System.Text;

namespace Wercker.Pipeline.Testing.Sandboxes;

/// <summary>Finds processes by a text in their environment.</summary>
internal static class ProcessProbe
{
    public static bool IsAlive(string token)
    {
        var bytes = Encoding.UTF8.GetBytes(token);
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(directory)[0]))
            {
                continue;
            }

            try
            {
                // A zombie has no environment any more.
                if (File.ReadAllBytes(Path.Combine(directory, "environ")).AsSpan().IndexOf(bytes) >= 0)
                {
                    return true;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's.
            }
        }

        return false;
    }
}
