using System.Text;

namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>Cuts a stream of bytes into lines; a line that is longer than the platform's limit is cut into several.</summary>
internal static class LineReader
{
    private const int Longest = 10_000;

    public static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        byte[] buffer = new byte[32 * 1024];
        var line = new List<byte>(256);
        bool isCut = false;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                for (int i = 0; i < read; i++)
                {
                    if (buffer[i] == (byte)'\n')
                    {
                        // The end of a line that was cut exactly there is not another, empty line.
                        if (line.Count > 0 || !isCut)
                        {
                            Flush(line, onLine);
                        }

                        isCut = false;
                        continue;
                    }

                    line.Add(buffer[i]);
                    if (line.Count == Longest)
                    {
                        Flush(line, onLine);
                        isCut = true;
                    }
                }
            }
        }
        catch (IOException)
        {
            // The other side went away in the middle; what came is shown.
        }

        if (line.Count > 0)
        {
            Flush(line, onLine);
        }
    }

    private static void Flush(List<byte> line, Action<string> onLine)
    {
        if (line.Count > 0 && line[^1] == (byte)'\r')
        {
            line.RemoveAt(line.Count - 1);
        }

        onLine(Encoding.UTF8.GetString(line.ToArray()));
        line.Clear();
    }
}
