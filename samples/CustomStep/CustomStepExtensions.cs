using Wercker.Pipeline;

namespace Samples.CustomStep;

/// <summary>The steps of this sample as methods of the builder.</summary>
public static class CustomStepExtensions
{
    // <add>
    public static DeployPipelineBuilder AddDiskSpace(this DeployPipelineBuilder builder, string path, long bytes, Action<StepOptions>? configure = null) =>
        builder.AddStep("DiskSpace", _ => new DiskSpaceStep(path, bytes), configure);
    // </add>

    public static DeployPipelineBuilder AddHealth(this DeployPipelineBuilder builder, HttpClient http, Uri url, Action<StepOptions>? configure = null) =>
        builder.AddStep("Health", _ => new HealthStep(http, url), configure);

    public static DeployPipelineBuilder AddBanner(this DeployPipelineBuilder builder, string file, string text, Action<StepOptions>? configure = null) =>
        builder.AddStep("Banner", _ => new BannerStep(file, text), configure);
}
