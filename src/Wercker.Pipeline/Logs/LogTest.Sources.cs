using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs.Lines;

namespace Wercker.Pipeline.Logs;

public sealed partial class LogTest
{
    /// <summary>
    /// A log file on the machine that deploys, and the files that it was rotated to (app.log.1). Times are found in the lines: ISO 8601 and its
    /// relatives, syslog, Apache, log4j, glog, seconds since 1970. A line without a time goes on with the one before it. A query is a regular
    /// expression without lookarounds, in any case.
    /// </summary>
    /// <remarks>In a file that has no times at all, what was written since the start of the deployment counts as written after it.</remarks>
    /// <param name="path">The path; a relative one starts at the current directory.</param>
    /// <param name="timeZone">The zone of times that name none; null for that of this machine.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">The path is empty.</exception>
    public static ILogSource FromFile(string path, TimeZoneInfo? timeZone = null) => string.IsNullOrWhiteSpace(path)
        ? throw new ConfigurationException("The path of the log file is empty. Name a file.")
        : new LogFile(path, timeZone ?? TimeProvider.System.LocalTimeZone);

    /// <summary>
    /// A command that prints the lines of a log, run in the deployment's sandbox in a session of its own, with the window in WERCKER_LOG_FROM
    /// and WERCKER_LOG_UNTIL (ISO 8601, UTC): <c>journalctl -u shop -o short-iso --since "$WERCKER_LOG_FROM"</c>. Lines outside of the window
    /// do no harm. Every line needs a time, or goes on with the one before it. A query is a regular expression, as for a file.
    /// </summary>
    /// <param name="command">The command. Another exit code than 0 means that the log could not be read.</param>
    /// <param name="timeZone">The zone of times that name none; null for that of this machine.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">The command is empty.</exception>
    public static ILogSource FromCommand(string command, TimeZoneInfo? timeZone = null) => string.IsNullOrWhiteSpace(command)
        ? throw new ConfigurationException("The command that prints the log is empty. Write one.")
        : new LogCommand(command, timeZone ?? TimeProvider.System.LocalTimeZone);

    /// <summary>Reads a log test from settings: targets.NAME.logTest of wercker.json. Its page in the documentation has the keys.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="providers">Makers of sources by name, besides "file" and "command", which are always known.</param>
    /// <param name="own">The target's own log, such as that of its platform: checks that name no source ask it, and every test asks it for its <see cref="ILogSource.ErrorQuery"/>. Null when it has none.</param>
    /// <returns>The test.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its key path.</exception>
    public static LogTest FromSettings(SettingsReader settings, IEnumerable<ISourceProvider<ILogSource>> providers, ILogSource? own = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(providers);
        return new LogTestSettings(providers, own).Read(settings);
    }
}
