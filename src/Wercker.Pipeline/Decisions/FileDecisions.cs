using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Decisions;

/// <summary>Asks with a file and waits for another.</summary>
internal sealed class FileDecisions(string directory, TimeProvider clock) : IDecisionProvider
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <inheritdoc />
    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        var question = FileOf(request, "question");
        var answer = FileOf(request, "answer");
        var refusal = FileOf(request, "refused");
        byte[] refused = [];
        Write(question, DecisionAnswer.Write(request));
        try
        {
            while (true)
            {
                // Looked at before the first wait: an answer may have come while no process was there. An empty one is just being written.
                if (Read(answer) is { Length: > 0 } content && !content.AsSpan().SequenceEqual(refused))
                {
                    try
                    {
                        return DecisionAnswer.Read(content, request);
                    }
                    catch (InvalidDataException e)
                    {
                        refused = content;
                        Write(refusal, Encoding.UTF8.GetBytes($"The answer does not count: {e.Message}.\n"));
                    }
                }

                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // The answer stays: until it is journaled, a process that resumes the deployment must find it again.
            File.Delete(question);
            File.Delete(refusal);
        }
    }

    private string FileOf(DecisionRequest request, string kind) => request.Id is [not '.', ..] && !request.Id.AsSpan().ContainsAnyExcept(NameCharacters)
        ? Path.Combine(directory, $"{request.Id}.{kind}{(kind == "refused" ? ".txt" : ".json")}")
        : throw new InvalidOperationException($"'{request.Id}' cannot name a file: a deployment id is letters, digits, '.', '_' and '-', and does not start with '.'.");

    private void Write(string path, byte[] content)
    {
        if (!Directory.Exists(directory))
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        // Whoever looks finds it whole.
        var half = path + ".new";
        File.WriteAllBytes(half, content);
        File.Move(half, path, overwrite: true);
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
