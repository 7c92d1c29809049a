using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Samples.Quickstart;

/// <summary>The server side of the shop: makes its pages of the files in the live release.</summary>
public sealed class ShopApp(SiteDirectory site)
{
    private string? Release => site.LiveRelease;

    private string Version => File.Exists(PathOf("VERSION")) ? Read("VERSION").Trim() : "unknown";

    public string RenderPage()
    {
        var products = JsonNode.Parse(Read("products.json"))!.AsArray()
            .Select(product => (Name: product!["name"]!.GetValue<string>(), Price: product["price"]!.GetValue<decimal>())).ToArray();
        var rows = products.Select(product => string.Create(CultureInfo.InvariantCulture, $"<li>{HtmlEncoder.Default.Encode(product.Name)}: {product.Price:0.00}</li>"));
        return Read("index.html")
            .Replace("{{products}}", string.Join('\n', rows), StringComparison.Ordinal)
            .Replace("{{total}}", products.Sum(product => product.Price).ToString("0.00", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{version}}", Version, StringComparison.Ordinal);
    }

    /// <summary>Says that the release is there. As so often, it does not know whether the shop can sell.</summary>
    public string RenderHealth() => Release is null
        ? new JsonObject { ["status"] = "empty" }.ToJsonString()
        : new JsonObject { ["status"] = "ok", ["version"] = Version, ["release"] = Release }.ToJsonString();

    public bool CanRenderPage()
    {
        try
        {
            return RenderPage().Length > 0;
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private string Read(string file) => File.ReadAllText(PathOf(file));

    private string PathOf(string file) => Path.Combine(site.ReleasePath(Release!), file);
}
