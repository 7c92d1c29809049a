namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>What a page says after something was done. Only the word stands in the address, so that nobody can put sentences on our pages with a link.</summary>
internal static class Notices
{
    public const string Answered = "answered";
    public const string Canceled = "cancel";
    public const string Frozen = "frozen";
    public const string Thawed = "thawed";
    public const string Unlocked = "unlocked";
    public const string Tested = "tested";

    public static string? Find(string? word) => word switch
    {
        Answered => "Your answer is recorded.",
        Canceled => "The deployment is asked to cancel. It undoes what it did before it ends.",
        Frozen => "The target is frozen: nobody can deploy to it until it is thawed.",
        Thawed => "The target is thawed.",
        Unlocked => "The target is unlocked. Whoever held it changes nothing more.",
        Tested => "The connection was tested.",
        _ => null,
    };
}
