namespace Samples.Quickstart;

/// <summary>The shop's git repository with two revisions, made afresh: v1 is good, v2 has a mistake.</summary>
public sealed class ShopRepository
{
    private ShopRepository(string path) => Path = path;

    public string Path { get; }

    public static async Task<ShopRepository> CreateAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "app")))
        {
            File.Copy(file, System.IO.Path.Combine(path, System.IO.Path.GetFileName(file)));
        }

        var repository = new ShopRepository(path);
        await repository.GitAsync(cancellationToken, "init", "--quiet");
        await repository.CommitAsync("v1", cancellationToken);

        // Somebody types a price as it is written in Europe: text now, and no number any more.
        var products = System.IO.Path.Combine(path, "products.json");
        await File.WriteAllTextAsync(products, (await File.ReadAllTextAsync(products, cancellationToken)).Replace("39.50", "\"37,50\"", StringComparison.Ordinal), cancellationToken);
        await repository.CommitAsync("v2", cancellationToken);
        return repository;
    }

    private async Task CommitAsync(string version, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "VERSION"), version + "\n", cancellationToken);
        await GitAsync(cancellationToken, "add", "--all");
        await GitAsync(cancellationToken, "-c", "user.name=Quickstart", "-c", "user.email=quickstart@localhost", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", version);
        await GitAsync(cancellationToken, "tag", version);
    }

    private Task<string> GitAsync(CancellationToken cancellationToken, params string[] arguments) => Command.RunAsync("git", arguments, Path, cancellationToken);
}
