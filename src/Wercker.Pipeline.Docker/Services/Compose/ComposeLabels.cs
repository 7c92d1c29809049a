namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>The labels by which Compose knows its containers: https://github.com/docker/compose/blob/main/pkg/api/labels.go.</summary>
internal static class ComposeLabels
{
    public const string Project = "com.docker.compose.project";
    public const string Service = "com.docker.compose.service";
    public const string Number = "com.docker.compose.container-number";
    public const string OneOff = "com.docker.compose.oneoff";
    public const string Image = "com.docker.compose.image";
}
