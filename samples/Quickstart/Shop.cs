using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Samples.Quickstart;

/// <summary>The shop: makes its pages of the files that were deployed.</summary>
public sealed class Shop(string directory)
{
    public string RenderPage()
    {
        var products = JsonNode.Parse(Read("products.json"))!.AsArray()
            .Select(product => (Name: product!["name"]!.GetValue<string>(), Price: product["price"]!.GetValue<decimal>())).ToArray();
        var rows = products.Select(product => string.Create(CultureInfo.InvariantCulture, $"<li>{HtmlEncoder.Default.Encode(product.Name)}: {product.Price:0.00}</li>"));
        return Read("index.html")
            .Replace("{{products}}", string.Join('\n', rows), StringComparison.Ordinal)
            .Replace("{{total}}", products.Sum(product => product.Price).ToString("0.00", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{version}}", Read("VERSION").Trim(), StringComparison.Ordinal);
    }

    /// <summary>Says which version is there. As so often, it does not know whether the shop can sell.</summary>
    public string RenderHealth() => new JsonObject { ["status"] = "ok", ["version"] = Read("VERSION").Trim() }.ToJsonString();

    private string Read(string file) => File.ReadAllText(Path.Combine(directory, file));
}
