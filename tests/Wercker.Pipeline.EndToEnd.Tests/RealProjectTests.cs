namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Deploy scripts as real projects had them in 2013, with the programs that they call replaced by ones that leave a trace.</summary>
public sealed class RealProjectTests
{
    [Test]
    public async Task PythonPackage_UploadsAndTrustsOnlyTheServersAnswer([Values(true, false)] bool accepted)
    {
        using var work = new Workspace("codd");
        work.Config("""
                {
                  "lang": "python",
                  "version": "2.7",
                  "customSteps": ["sudo nosetests -v $WERCKER_ROOT/tests"],
                  "deploy":[
                    "chmod 755 deploy/setup_pypi.sh",
                    "deploy/setup_pypi.sh",
                    "python setup.py sdist upload | grep 'Server response (200): OK'"
                  ]
                }
                """)
            .File("setup.py", "")
            .File("deploy/setup_pypi.sh", "#!/bin/bash\necho \"[server-login]\nusername:$PYPI_USER\n\" > $OUT/pypirc\n");
        Program(work, "python", $"echo \"python $*\" >> $OUT/calls; echo 'Server response ({(accepted ? "200): OK" : "401): no")}'");

        var result = await work.DeployAsync("--env", "PYPI_USER=trivio");

        Assert.That(result.ExitCode, Is.EqualTo(accepted ? 0 : 1), result.ToString());
        Assert.That(File.ReadAllText(work.Out("pypirc")), Does.Contain("username:trivio"));
        Assert.That(File.ReadAllText(work.Out("calls")), Is.EqualTo("python setup.py sdist upload\n"));
    }

    [Test]
    public async Task OpenShift_ClonesCopiesAndPushesWithAKeyFromAVariable()
    {
        using var work = new Workspace("cooking");
        work.Config("""
                {
                  "root": "src",
                  "deploy" : [
                    "echo $WERCKER_ROOT",
                    "export OPENSHIFT_SSHKEYPATH=`mktemp`",
                    "export OPENSHIFT_DEPLOYDIR=`mktemp --directory`",
                    "export WERCKER_DEPLOY=$WERCKER_ROOT/../deploy",
                    "export GIT_SSH=$WERCKER_DEPLOY/gitssh",
                    "export SSHKEYPATH=$OPENSHIFT_SSHKEYPATH",
                    "echo -e $OPENSHIFT_SSHKEY > $OPENSHIFT_SSHKEYPATH",
                    "cp $OPENSHIFT_SSHKEYPATH $OUT/key",
                    "cp -rf $WERCKER_ROOT/* $OPENSHIFT_DEPLOYDIR",
                    "cd $OPENSHIFT_DEPLOYDIR",
                    "git init",
                    "git config user.email \"openshift@wercker.com\"",
                    "git config user.name \"wercker\"",
                    "git add .",
                    "git commit -m 'wercker deploy'",
                    "git push -f $OUT/remote.git HEAD:refs/heads/master",
                    "rm -f $OPENSHIFT_SSHKEYPATH",
                    "rm -rf $OPENSHIFT_DEPLOYDIR"
                  ]
                }
                """)
            .File("src/index.js", "console.log('cooking')\n").File("deploy/gitssh", "#!/bin/sh\nexec ssh -i $SSHKEYPATH \"$@\"\n", executable: true);
        await work.CommandAsync("git", "init", "-q", "--bare", work.Out("remote.git"));

        var result = await work.DeployAsync("--env", @"OPENSHIFT_SSHKEY=-----BEGIN-----\nabc\n-----END-----");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("key")), Is.EqualTo("-----BEGIN-----\nabc\n-----END-----\n"));
        Assert.That(await work.CommandAsync("git", "--git-dir", work.Out("remote.git"), "show", "master:index.js"), Is.EqualTo("console.log('cooking')\n"));
        Assert.That(Directory.EnumerateFileSystemEntries(work.Temporary), Is.Empty);
    }

    [Test]
    public async Task OldSpellings_RunTheSamePhases()
    {
        using var work = new Workspace("nodeproject");
        work.Config("""
            {
              "npm_test" : false,
              "preDeploy" : ["echo my-pre-deploy-script.sh", "tar --help > /dev/null"],
              "deploy" : ["echo my-deploy-script.sh"],
              "postDeploy" : ["echo my-post-deploy-script.sh"],
              "postDeployTest": ["echo my-test.sh"],
              "packagesk" : ["rabbitmq-server"],
              "deploy1": ["touch $OUT/never"]
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(
            new[] { "PreDeployCustom", "Push", "PostDeployCustom", "PostDeployTest" }.SelectMany(work.LinesOf),
            Is.EqualTo(new[] { "my-pre-deploy-script.sh", "my-deploy-script.sh", "my-post-deploy-script.sh", "my-test.sh" }));
        Assert.That(File.Exists(work.Out("never")), Is.False);
    }

    [Test]
    public async Task StaticSite_ChangesDirectoriesAndSyncs()
    {
        using var work = new Workspace("born2code.net");
        work.Deploy("cd $HOME", "echo \"[default]\naccess_key=$AWS_KEY\" > .s3cfg", "cd $WERCKER_ROOT/_site", "s3cmd sync --acl-public ./ s3://$BUCKET")
            .File("_site/index.html", "<h1>born to code</h1>");
        Program(work, "s3cmd", "cp -r \"$3\" $OUT/bucket && echo \"$4 with $(tail -1 $HOME/.s3cfg)\"");

        var result = await work.DeployAsync("--env", "BUCKET=born2code.net", "--env", "AWS_KEY=AKIA");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "s3://born2code.net with access_key=AKIA" }));
        Assert.That(File.Exists(Path.Combine(work.Out("bucket"), "index.html")), Is.True);
    }

    /// <summary>Puts a program before all others into PATH.</summary>
    private static void Program(Workspace work, string name, string script)
    {
        var directory = Directory.CreateDirectory(work.Out("bin")).FullName;
        var file = Path.Combine(directory, name);
        File.WriteAllText(file, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        work.Variable("PATH", $"{directory}:{Environment.GetEnvironmentVariable("PATH")}");
    }
}
