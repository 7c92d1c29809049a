using Microsoft.Extensions.Logging;

namespace Wercker.Pipeline.Secrets;

/// <summary>A logger that lets nothing through unmasked: message, arguments, scopes and exceptions become one masked text.</summary>
internal sealed class MaskingLogger(ILogger inner, SecretMasker masker) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(masker.Mask(state.ToString() ?? string.Empty));

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        // The exception object itself would carry its texts past the masker, so it is handed on as text.
        var text = formatter(state, exception);
        var masked = masker.Mask(exception is null ? text : $"{text}{Environment.NewLine}{exception}");
        inner.Log(logLevel, eventId, masked, null, static (message, _) => message);
    }
}
