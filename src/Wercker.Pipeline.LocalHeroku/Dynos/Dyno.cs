using System.Net;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>One life of one process: a restart makes a new dyno of the same name.</summary>
internal sealed class Dyno(string name, string type, string command, Release release, DateTimeOffset createdAt)
{
    public const string Starting = "starting";
    public const string Up = "up";
    public const string Crashed = "crashed";
    public const string Down = "down";

    public Guid Id { get; } = Guid.NewGuid();

    public string Name => name;

    public string Type => type;

    public string Command => command;

    public Release Release => release;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; set; } = createdAt;

    public string Size { get; init; } = Formation.DefaultSize;

    public string? AttachUrl { get; init; }

    public bool IsOneOff { get; init; }

    public string State { get; set; } = Starting;

    /// <summary>Where the router finds a web dyno that is up.</summary>
    public IPEndPoint? Address { get; set; }
}
