namespace Wercker.Pipeline.Tests.Servers;

/// <summary>A Dokku host with one app, "shop": a key that may run nothing but dokku.sh behind a real sshd, which several of them share.</summary>
internal sealed class DokkuServer
{
    private static readonly Lock Keys = new();

    private DokkuServer(SshServer ssh, string root)
    {
        Ssh = ssh;
        Root = root;
        SourceDirectory = Directory.CreateDirectory(Path.Combine(root, "source")).FullName;
    }

    public SshServer Ssh { get; }

    /// <summary>Where Dokku keeps its apps.</summary>
    public string Root { get; }

    /// <summary>What is deployed.</summary>
    public string SourceDirectory { get; }

    /// <summary>The private key that lets in.</summary>
    public string Key => Path.Combine(Root, "id");

    /// <summary>The commands that it was given.</summary>
    public string[] Calls => File.Exists(Path.Combine(Root, "calls")) ? File.ReadAllLines(Path.Combine(Root, "calls")) : [];

    /// <summary>What is live.</summary>
    public string Live => File.ReadAllText(Path.Combine(Root, "shop.live", "index.html"));

    public string Head => SshServer.Run("git", "-C", Path.Combine(Root, "shop.git"), "rev-parse", "HEAD").Trim();

    /// <summary>Makes one; it goes with its server.</summary>
    public static DokkuServer Make(SshServer ssh)
    {
        var root = Directory.CreateDirectory(Path.Combine(ssh.Directory, $"dokku-{Guid.NewGuid():N}")).FullName;
        var server = new DokkuServer(ssh, root);
        var script = Path.Combine(root, "dokku");
        File.Copy(Path.Combine(TestContext.CurrentContext.TestDirectory, "Servers", "dokku.sh"), script);
        SshServer.Run("git", "init", "--quiet", "--bare", "-b", "master", Path.Combine(root, "shop.git"));
        var hook = Path.Combine(root, "shop.git", "hooks", "pre-receive");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        File.WriteAllText(hook, $"#!/bin/sh\nexec {script} git-hook shop\n");
        SshServer.Run("chmod", "755", script, hook);
        server.SetState("maintenance-plugin");
        SshServer.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.Key);
        var line = $"command=\"{script}\",no-agent-forwarding,no-user-rc,no-X11-forwarding,no-port-forwarding {File.ReadAllText(server.Key + ".pub")}";
        lock (Keys)
        {
            File.AppendAllText(Path.Combine(ssh.Directory, "authorized_keys"), line);
        }

        server.Write("index.html", "one");
        return server;
    }

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(SourceDirectory, file), text);

    /// <summary>Makes a file in Dokku's own directory, which means something to dokku.sh.</summary>
    public void SetState(string file, string text = "") => File.WriteAllText(Path.Combine(Root, file), text);

    public void ClearState(string file) => File.Delete(Path.Combine(Root, file));
}
