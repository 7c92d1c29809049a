namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>Why something could not be shown or done.</summary>
/// <param name="Status">The status code: 400, 403, 404, 409, 503.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Message">The same in a sentence, with what to do.</param>
/// <param name="Back">Where to go from here.</param>
public sealed record ErrorModel(int Status, string Title, string Message, string Back);
