namespace Wercker.Pipeline.Heroku.Push;

/// <summary>What git's words mean when a push certainly did not happen.</summary>
internal static class GitRefusal
{
    /// <summary>The refusal for people; null when the words leave open what happened.</summary>
    public static string? Explain(ProcessAnswer answer, string url, string app)
    {
        if (answer.Says("shallow update not allowed"))
        {
            return "the source is a shallow clone, whose history cannot be pushed. Fetch all of it (git fetch --unshallow), or do without \"keepRepository\"";
        }

        if (answer.Says("pre-receive hook declined") || answer.Says("[remote rejected]"))
        {
            return "the build failed: Heroku rejected the push; its output says why";
        }

        if (answer.Says("Host key verification failed") || answer.Says("REMOTE HOST IDENTIFICATION HAS CHANGED"))
        {
            return $"the SSH host key of {url} is not the known one. Put the right key into the known_hosts file (\"knownHostsFile\"); it is never accepted unseen";
        }

        if (answer.Says("Permission denied (publickey"))
        {
            return $"{url} did not accept the SSH key of this deployment";
        }

        if (answer.Says("Authentication failed") || answer.Says("could not read Username") || answer.Says("error: 401") || answer.Says("error: 403"))
        {
            return $"{url} refused the API key. Check HEROKU_KEY and its rights on {app}";
        }

        if (answer.Says("not found") && (answer.Says("fatal: repository") || answer.Says("error: 404")) || answer.Says("Couldn't find that app"))
        {
            return $"there is no repository {url}. Check that the app still exists";
        }

        if (answer.Says("error: 429"))
        {
            return $"{url} answered 429: the rate limit is used up. Wait some minutes and deploy again";
        }

        if (answer.Says("certificate"))
        {
            return $"the certificate of {url} is not trusted: {answer.Words}. If it is right, name its authority with \"caFile\"";
        }

        return IsBeforeAnythingWasSent(answer) ? $"{url} could not be reached: {answer.Words}" : null;
    }

    /// <summary>True when git had not sent the commit yet, so that trying again cannot push twice.</summary>
    public static bool IsBeforeAnythingWasSent(ProcessAnswer answer) =>
        answer.Says("unable to access") || answer.Says("Could not resolve host") || answer.Says("Connection refused") || answer.Says("Connection timed out");
}
