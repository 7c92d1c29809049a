using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Stores;

/// <summary>
/// Keeps deployments for those who look at them later or from elsewhere: their events, the leases on their targets, their output logs, the questions they wait
/// over, and what people did to them.
/// </summary>
/// <remarks>
/// <para>A store is the journal, the lock and the provider of decisions of a pipeline: <c>new PipelineServices { Journal = store, Lock = store, Decisions = store }</c>.</para>
/// <para>
/// What people do through a store (unlock, freeze, thaw, cancel, answer) is recorded with who and when in the transaction that does it, and is never changed:
/// <see cref="ListActionsAsync"/>. Every method may throw an <see cref="IOException"/> when the store cannot be read or written, an
/// <see cref="InvalidDataException"/> when it is damaged, and a <see cref="ConfigurationException"/> when it cannot be reached at all.
/// </para>
/// </remarks>
public interface IDeploymentStore : IDeploymentJournal, IDeploymentLock, IDecisionProvider, IAsyncDisposable
{
    /// <summary>What the store is called in messages: a path, or database, host and port. Never a password.</summary>
    string Name { get; }

    /// <summary>Looks for deployments, the newest first, without reading their events. A page is as long as the search's limit; the next one begins behind the last id of this one.</summary>
    /// <param name="search">Which.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>What was found.</returns>
    Task<IReadOnlyList<DeploymentEntry>> SearchAsync(DeploymentSearch search, CancellationToken cancellationToken);

    /// <summary>Counts what a search would find, however many pages that is.</summary>
    /// <param name="search">Which; its limit and where its page begins do not matter.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>How many.</returns>
    Task<int> CountAsync(DeploymentSearch search, CancellationToken cancellationToken);

    /// <summary>Finds a deployment.</summary>
    /// <param name="deploymentId">Its id.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The deployment; null when it is unknown.</returns>
    Task<DeploymentEntry?> FindAsync(string deploymentId, CancellationToken cancellationToken);

    /// <summary>Reads the events of a deployment behind one that is known, for those who follow it.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="after">The sequence number of the last event that is known; 0 for none.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The events, in order; none when there are no more yet.</returns>
    IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, long after, CancellationToken cancellationToken);

    /// <summary>Finds out who holds a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Its lease; null when it is free.</returns>
    Task<LeaseEntry?> FindLeaseAsync(string target, CancellationToken cancellationToken);

    /// <summary>The targets that are held or frozen.</summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Their leases, by target.</returns>
    Task<IReadOnlyList<LeaseEntry>> ListLeasesAsync(CancellationToken cancellationToken);

    /// <summary>Takes a target away from its owner, which notices before its next step and changes nothing more; or ends a freeze.</summary>
    /// <param name="target">The target.</param>
    /// <param name="reason">Why; it is recorded.</param>
    /// <param name="by">Who does it; it is recorded.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The lease that was ended; null when the target was free.</returns>
    Task<LeaseEntry?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken);

    /// <summary>Lets nobody deploy to a target until it is thawed.</summary>
    /// <param name="target">The target.</param>
    /// <param name="message">What those who ask for it are told.</param>
    /// <param name="by">Who freezes it; it is recorded, and told with the message.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>When it is frozen.</returns>
    /// <exception cref="DeploymentLockedException">A deployment holds it, or it is frozen already.</exception>
    Task FreezeAsync(string target, string message, string by, CancellationToken cancellationToken);

    /// <summary>Ends a freeze, and never a deployment that has the target by then.</summary>
    /// <param name="target">The target.</param>
    /// <param name="reason">Why; it is recorded.</param>
    /// <param name="by">Who does it; it is recorded.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The freeze that was ended; null when the target was not frozen.</returns>
    Task<LeaseEntry?> ThawAsync(string target, string reason, string by, CancellationToken cancellationToken);

    /// <summary>Asks the process that runs a deployment to cancel it.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="by">Who asks; it is recorded.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>When it is recorded.</returns>
    Task RequestCancelAsync(string deploymentId, string by, CancellationToken cancellationToken);

    /// <summary>Who asked first for the cancellation of a deployment.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Who; null when nobody did.</returns>
    Task<string?> FindCancelRequestAsync(string deploymentId, CancellationToken cancellationToken);

    /// <summary>The questions that deployments wait over: asked, and neither decided nor over.</summary>
    /// <param name="deploymentId">The deployment; null for all.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The questions, the oldest first.</returns>
    Task<IReadOnlyList<DecisionRequest>> ListQuestionsAsync(string? deploymentId, CancellationToken cancellationToken);

    /// <summary>
    /// Answers a question. The first answer counts; every answer is recorded. The pipeline that has this store as its provider of decisions finds it at once, or, when
    /// no process runs the deployment, when it is resumed.
    /// </summary>
    /// <param name="question">The question, as <see cref="ListQuestionsAsync"/> or a report has it.</param>
    /// <param name="decision">The answer, with who gives it; its time is the store's.</param>
    /// <param name="cancellationToken">Cancels the answering.</param>
    /// <returns>The answer that counts, this one or an earlier one; null when the question is not open any more, and nothing was recorded.</returns>
    /// <exception cref="ArgumentException">The question does not offer the choice, or nobody is named.</exception>
    Task<Decision?> AnswerAsync(DecisionRequest question, Decision decision, CancellationToken cancellationToken);

    /// <summary>What people did, the newest first.</summary>
    /// <param name="deploymentId">Only what was done to this deployment; null for all.</param>
    /// <param name="before">The number of the last action of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The actions.</returns>
    Task<IReadOnlyList<ActionEntry>> ListActionsAsync(string? deploymentId, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Records something that a person did beside the store, for example that a dashboard tested a connection.</summary>
    /// <param name="action">What; its number and time are given by the store.</param>
    /// <param name="cancellationToken">Cancels the recording.</param>
    /// <returns>When it is recorded.</returns>
    Task RecordActionAsync(ActionEntry action, CancellationToken cancellationToken);

    /// <summary>Opens the output log of a deployment at its end, for <c>ReportFolder.OpenLog</c>. Whoever had it open before can write no more.</summary>
    /// <remarks>
    /// It is written by a task of its own; a writer that is faster waits when 3 MiB are not written yet. Disposing closes the log. What cannot be written is told to
    /// the next write as an <see cref="IOException"/>, and leaves the log unclosed. Opening one removes old logs beyond the limits of the store.
    /// </remarks>
    /// <param name="deploymentId">The deployment.</param>
    /// <returns>The stream; a flush lets readers see what was written.</returns>
    Stream OpenLog(string deploymentId);

    /// <summary>Reads an output log to its present end, also while it is written. Who follows it asks again from where it came to.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Its bytes, some at a time; none when there is no log.</returns>
    /// <exception cref="InvalidDataException">A block is damaged; what is before it has been given.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string deploymentId, long from, CancellationToken cancellationToken);

    /// <summary>Finds out what is kept of an output log.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>The log; null when there is none.</returns>
    Task<LogSummary?> FindLogAsync(string deploymentId, CancellationToken cancellationToken);

    /// <summary>Removes output logs beyond the limits of the store, the oldest first; never one that may still be written.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>How many were removed.</returns>
    Task<int> PruneLogsAsync(CancellationToken cancellationToken);
}
