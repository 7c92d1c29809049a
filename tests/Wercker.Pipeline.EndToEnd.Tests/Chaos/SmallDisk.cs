namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>A state directory that is a small file system of its own: it is full for a while, or can only be read. Only root can mount one.</summary>
internal sealed class SmallDisk : ChaosStore
{
    private const double FullShare = 0.7;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Workspace _work;
    private bool _isReadOnly;

    private SmallDisk(Workspace work)
        : base(work) => _work = work;

    public override bool Breaks => true;

    private string Fill => Path.Combine(Directory, "fill");

    public static async Task<ChaosStore> StartAsync(Workspace work)
    {
        System.IO.Directory.CreateDirectory(work.State);
        await work.CommandAsync("mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "none", work.State);
        return new SmallDisk(work);
    }

    public override TimeSpan? DrawDuration(Random random) => random.Next(2) == 0 ? null : random.NextDouble() * Longest;

    public override async Task<bool> BreakAsync(double choice)
    {
        _isReadOnly = choice > FullShare;
        return _isReadOnly ? await RemountAsync("ro") : FillUp();
    }

    public override async Task MendAsync()
    {
        if (_isReadOnly)
        {
            await RemountAsync("rw");
        }
        else
        {
            System.IO.File.Delete(Fill);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _work.CommandAsync("umount", "--lazy", Directory);
        await base.DisposeAsync();
    }

    /// <summary>Refused while somebody has a file of it open for writing.</summary>
    private async Task<bool> RemountAsync(string mode)
    {
        using var mount = new ToolProcess(_work.StartInfo("mount", ["-o", $"remount,{mode}", Directory]));
        return (await mount.WaitAsync()).ExitCode == 0;
    }

    private bool FillUp()
    {
        using var fill = System.IO.File.Create(Fill, bufferSize: 0);
        try
        {
            // Down to the last page: a byte at a time would find room in one that is begun.
            for (var page = new byte[4096]; ;)
            {
                fill.Write(page);
            }
        }
        catch (IOException)
        {
            return true;
        }
    }
}
