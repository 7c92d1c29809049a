using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Writes lines among the progress, for those who know only a writer.</summary>
internal sealed class ProgressWriter(Action<string> say) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            _line.Append(value);
        }
        else
        {
            say(_line.ToString());
            _line.Clear();
        }
    }

    public override void Flush()
    {
        // A prompt without a line break says nothing that the line before it did not.
    }
}
