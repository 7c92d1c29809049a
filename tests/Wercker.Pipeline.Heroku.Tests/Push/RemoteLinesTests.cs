using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Heroku.Push;

namespace Wercker.Pipeline.Heroku.Tests.Push;

public class RemoteLinesTests
{
    [TestCase("remote: -----> Building        \nremote:        \nremote:        Done   \n", ExpectedResult = "-----> Building\n\n       Done\n")]
    [TestCase("Counting 50%\rCounting 100%\rTo https://x\n", ExpectedResult = "Counting 50%\nCounting 100%\nTo https://x\n")]
    [TestCase("error: failed", ExpectedResult = "error: failed\n")]
    [TestCase("remote:\n", ExpectedResult = "remote:\n")]
    [TestCase("", ExpectedResult = "")]
    public async Task<string> Write_PushOutput_GivesTheBuildsLines(string text) => await CleanAsync(Encoding.UTF8.GetBytes(text), int.MaxValue);

    [FsCheck.NUnit.Property]
    public Property Write_CutAnywhere_GivesTheSame() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte[] Bytes, byte Size)>(),
        given => CleanAsync(given.Bytes, given.Size + 1).GetAwaiter().GetResult() == CleanAsync(given.Bytes, int.MaxValue).GetAwaiter().GetResult());

    private static async Task<string> CleanAsync(byte[] bytes, int size)
    {
        var output = new Collector();
        var lines = new RemoteLines(output);
        for (var at = 0; at < bytes.Length; at += Math.Min(size, bytes.Length - at))
        {
            await lines.WriteAsync(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), CancellationToken.None);
        }

        await lines.CompleteAsync(CancellationToken.None);
        return output.Text;
    }
}
