using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>One connection with a keeper at its other end, and the bash that the keeper started last.</summary>
internal sealed class KeptBash
{
    /// <summary>What a bash is said to have ended with when nobody can tell any more: as after SIGKILL.</summary>
    private const int Killed = 137;
    private readonly Lock _lock = new();
    private readonly BashConnection _connection;
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
    private readonly CancellationTokenSource _closing = new();
    private readonly AnswerStream _output;
    private readonly AnswerStream _error;
    private readonly TaskCompletionSource<string> _hello = New<string>();
    private readonly TaskCompletionSource _quit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _cleared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<int> _ended = New<int>();
    private TaskCompletionSource<BashReply>? _waiting;
    private TaskCompletionSource? _inputOpened;
    private Task _writing = Task.CompletedTask;
    private Exception? _loss;
    private int _processId;
    private int _quits;

    private KeptBash(BashConnection connection)
    {
        _connection = connection;
        var token = Encoding.ASCII.GetBytes(_token);
        _output = new AnswerStream(OutputStream.Output, token, Take);
        _error = new AnswerStream(OutputStream.Error, token, Take);
        _ended.SetResult(0);
    }

    /// <summary>True when the connection is gone; nothing can be done with it any more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Ends with the exit code of the bash that was started last.</summary>
    public Task<int> Ended
    {
        get
        {
            lock (_lock)
            {
                return _ended.Task;
            }
        }
    }

    /// <summary>Shell text that answers for a command.</summary>
    public string Answer { get; private set; } = "";

    /// <summary>Shell text by which a command says that it has opened its stdin.</summary>
    public string AnnounceInput { get; private set; } = "";

    /// <summary>Sends the keeper over a connection and waits until it is up.</summary>
    /// <exception cref="SandboxException">It does not come up.</exception>
    public static async Task<KeptBash> StartAsync(BashConnection connection, BashKeeper keeper, CancellationToken cancellationToken)
    {
        var bash = new KeptBash(connection);
        _ = Task.Run(bash.ReadAsync, CancellationToken.None);
        bash.Write(keeper.Compose(bash._token));
        try
        {
            var words = (await bash._hello.Task.WaitAsync(cancellationToken).ConfigureAwait(false)).Split(' ');
            bash._processId = int.Parse(words[0], CultureInfo.InvariantCulture);
            var descriptors = $"/proc/{words[0]}/fd";
            bash.Answer = $"builtin printf '{bash._token}r%s %s\\0' \"$?\" \"$-\" >{descriptors}/1 && builtin printf '{bash._token}r\\0' >{descriptors}/{words[1]}";
            bash.AnnounceInput = $"builtin printf '{bash._token}o\\0' >{descriptors}/1; ";
            return bash;
        }
        catch
        {
            await bash.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a bash in a directory.</summary>
    public void StartBash(string directory)
    {
        lock (_lock)
        {
            if (!IsLost)
            {
                _ended = New<int>();
            }
        }

        Write((byte[])[.. Encoding.ASCII.GetBytes(BashKeeper.Start(_token)), .. BashScript.Enter(directory)]);
    }

    public Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script)
    {
        var waiting = New<BashReply>();
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                return Task.FromResult(new BashReply(_ended.Task.Result, null));
            }

            _waiting = waiting;
        }

        Write(script);
        return waiting.Task;
    }

    /// <summary>Ends when the next command has opened its stdin.</summary>
    public Task ExpectInput()
    {
        lock (_lock)
        {
            _inputOpened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _inputOpened.Task;
        }
    }

    public void BeginOutput(OutputRelay relay)
    {
        _output.Begin(relay);
        _error.Begin(relay);
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                _output.Fence();
                _error.Fence();
            }
        }
    }

    public Task FenceAsync() => Task.WhenAll(_output.Fenced, _error.Fenced);

    /// <summary>Ends everything that runs inside. The signal may come between two states of the keeper, so it is sent until it has been heard.</summary>
    /// <exception cref="SandboxException">It does not end.</exception>
    public async Task KillAsync()
    {
        var patience = TimeSpan.FromSeconds(5);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            Task heard;
            lock (_lock)
            {
                _cleared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                heard = IsLost ? Task.CompletedTask : Task.WhenAll(_cleared.Task, _ended.Task);
            }

            if (!IsLost)
            {
                await _connection.KillAsync(_processId, CancellationToken.None).ConfigureAwait(false);
            }

            try
            {
                await heard.WaitAsync(patience, TimeProvider.System).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
            }
        }

        throw new SandboxException("The processes of the sandbox do not end, although they were killed several times; they hang in the kernel. End the sandbox by hand.");
    }

    public ValueTask<string?> FindLimitAsync() => _connection.FindLimitAsync(CancellationToken.None);

    /// <summary>Makes bash leave, as if its script had come to its end.</summary>
    public void Leave() => Write("\nbuiltin exit\n"u8.ToArray());

    /// <summary>Ends the keeper, and gives the connection back.</summary>
    public async ValueTask CloseAsync()
    {
        if (!IsLost && _hello.Task.IsCompletedSuccessfully)
        {
            Write(Encoding.ASCII.GetBytes(BashKeeper.Quit(_token)));
            await Task.WhenAny(_quit.Task, Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System)).ConfigureAwait(false);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Write(ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            _writing = WriteAfterAsync(_writing, bytes);
        }
    }

    private async Task WriteAfterAsync(Task before, ReadOnlyMemory<byte> bytes)
    {
        await before.ConfigureAwait(false);
        try
        {
            await _connection.WriteAsync(bytes, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whoever waits for an answer is told.
            Lose(e);
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (!_quit.Task.IsCompleted && await _connection.ReadAsync(buffer, _closing.Token).ConfigureAwait(false) is { Count: > 0 } read)
            {
                await (read.Stream == OutputStream.Output ? _output : _error).TakeAsync(buffer.AsMemory(0, read.Count)).ConfigureAwait(false);
            }

            Lose(null);
        }
        catch (Exception e)
        {
            Lose(e);
        }
    }

    private void Take(OutputStream stream, string message)
    {
        var (kind, words) = (message.Length > 0 ? message[0] : ' ', message.Length > 0 ? message[1..] : "");
        if (kind is 'r' or 'e')
        {
            (stream == OutputStream.Output ? _output : _error).Fence();
        }

        lock (_lock)
        {
            switch (kind)
            {
                case 'q' when ++_quits == 2:
                    // Nothing of this session may be left in either stream for the next one.
                    _quit.TrySetResult();
                    break;
                case 'o' when stream == OutputStream.Output:
                    _inputOpened?.TrySetResult();
                    break;
                case 'k' when stream == OutputStream.Error:
                    _cleared.TrySetResult();
                    break;
                case 'h' when stream == OutputStream.Error:
                    _hello.TrySetResult(words);
                    break;
                case 'r' when stream == OutputStream.Output && words.Split(' ') is [var code, var flags] && int.TryParse(code, CultureInfo.InvariantCulture, out var exitCode):
                    _waiting?.TrySetResult(new BashReply(exitCode, flags));
                    break;
                case 'e' when stream == OutputStream.Output && int.TryParse(words, CultureInfo.InvariantCulture, out var last):
                    _ended.TrySetResult(last);
                    _waiting?.TrySetResult(new BashReply(last, null));
                    break;
            }
        }
    }

    private void Lose(Exception? why)
    {
        lock (_lock)
        {
            IsLost = true;
            _loss ??= why;
            _hello.TrySetException(new SandboxException($"No bash came up in the sandbox. {_error.HeldText()}{_output.HeldText()}{_loss?.Message}".TrimEnd(), _loss));
            _ended.TrySetResult(Killed);
            _waiting?.TrySetResult(new BashReply(_ended.Task.Result, null));
            _cleared.TrySetResult();
            _quit.TrySetResult();
        }

        _output.Fence();
        _error.Fence();
    }
}
