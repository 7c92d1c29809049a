namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>A kind of message.</summary>
/// <param name="Template">Its words, with &lt;*&gt; for what varies.</param>
/// <param name="Exceptions">The types of its exceptions, without namespaces.</param>
/// <param name="Count">How many entries of the window are of this kind.</param>
/// <param name="First">When the first was written.</param>
/// <param name="Samples">The first three.</param>
/// <param name="WindowsNeeded">How many windows of before it takes to call it news.</param>
internal sealed record Signature(string Template, IReadOnlyList<string> Exceptions, int Count, DateTimeOffset First, IReadOnlyList<string> Samples, int WindowsNeeded);
