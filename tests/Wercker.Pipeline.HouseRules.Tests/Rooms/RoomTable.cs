namespace Wercker.Pipeline.HouseRules.Tests.Rooms;

/// <summary>Who may know whom inside the core. A room is a folder of src/Wercker.Pipeline; the hallway is the folder itself.</summary>
/// <remarks>A room that is not listed is a feature room without exceptions: it sees the hallway and Secrets.</remarks>
internal static class RoomTable
{
    public const string Hallway = "(hallway)";

    public const string Engine = "Engine";

    /// <summary>What every room may use.</summary>
    public static readonly IReadOnlyList<string> ForEveryRoom = [Hallway, "Secrets"];

    /// <summary>What a room may use besides.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Besides = new Dictionary<string, IReadOnlyList<string>>
    {
        // The kernel. The hallway names the seams of the rooms, the phases and the forms of a report, so that a pipeline can be put together from it.
        [Hallway] = [Engine, "Journal", "Locks", "Decisions", "Targets", "Sandboxes", "Logs", "Metrics", "Http", "Configuration", "Commands", "Steps", "Reports"],
        [Engine] = ["Journal", "Locks", "Decisions", "Targets", "Sandboxes", "Configuration"],

        // A journal says with the exception of the locks that another process goes on with a deployment.
        ["Journal"] = ["Locks"],

        // A store is journal, lock and provider of decisions in one.
        ["Stores"] = ["Journal", "Locks", "Decisions"],

        // The rooms that cannot do their work alone.
        ["Steps"] = ["Decisions", "Targets", "Sandboxes", "Logs", "Metrics", "Http", "Configuration", "Commands"],
        ["Targets"] = ["Sandboxes", "Configuration", "Commands"],
        ["Sandboxes"] = ["Configuration"],
        ["Logs"] = ["Sandboxes", "Configuration"],
        ["Metrics"] = ["Configuration"],
        ["Http"] = ["Configuration"],
        ["Commands"] = ["Sandboxes", "Configuration"],
        ["Reports"] = ["Decisions"],
        ["Notifications"] = ["Reports", "Decisions"],

        // It only puts together what the others made.
        ["DependencyInjection"] =
        [
            Engine, "Journal", "Locks", "Decisions", "Targets", "Sandboxes", "Logs", "Metrics", "Http", "Configuration", "Steps", "Reports", "Notifications",
        ],
    };

    /// <summary>The only rooms that may use the engine, whatever the table above says.</summary>
    public static readonly IReadOnlyList<string> UsersOfTheEngine = [Hallway, Engine, "DependencyInjection"];

    public static bool Allows(string room, string used) =>
        room == used
        || ((used != Engine || UsersOfTheEngine.Contains(room))
            && (ForEveryRoom.Contains(used) || (Besides.TryGetValue(room, out var besides) && besides.Contains(used))));
}
