using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Images;

/// <summary>The image of a sandbox, and what is to be said about the choice.</summary>
/// <param name="Image">Its name with tag or digest.</param>
/// <param name="Notices">One sentence each.</param>
internal sealed record ImageChoice(string Image, IReadOnlyList<string> Notices)
{
    /// <summary>The images that the languages themselves publish.</summary>
    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        ["nodejs"] = "node",
        ["python"] = "python",
        ["ruby"] = "ruby",
        ["go"] = "golang",
    };

    /// <summary>Chooses: the image that is named, that of the language in its version, or the default.</summary>
    public static ImageChoice Of(SandboxSpec spec, string defaultImage)
    {
        if (spec.Image is { } named)
        {
            return new ImageChoice(named, []);
        }

        if (spec.Language is not { } language || language == "blank")
        {
            return new ImageChoice(defaultImage, []);
        }

        if (!Languages.TryGetValue(language, out var image))
        {
            return new ImageChoice(defaultImage, [$"There is no image for the platform '{language}'; the sandbox is made of {defaultImage}. Name one with \"box\"."]);
        }

        var chosen = $"{image}:{spec.Version ?? "latest"}";
        return new ImageChoice(chosen, spec.Version is null ? [$"No version of '{language}' is named, so the sandbox is made of {chosen}, which is another one every month. Name one with \"version\" or \"box\"."] : []);
    }
}
