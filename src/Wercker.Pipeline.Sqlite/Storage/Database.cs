using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>The file: opened when it is needed, readable by its owner alone, and whose damage is said in words.</summary>
internal sealed class Database(string path, Schema schema)
{
    /// <summary>Where its SQL is its own.</summary>
    public static StoreDialect Dialect { get; } = new(
        string.Empty, "instr", "@now", time => time.ToUnixTimeMilliseconds(), (reader, column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column)));

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;
    private const int Full = 13;
    private readonly Lock _gate = new();
    private bool _isReady;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = 1 }.ToString();

    /// <summary>How long others may write before it counts as an accident.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>False as long as nothing was ever written.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Opens a connection; the caller disposes it, and a pool keeps it.</summary>
    /// <exception cref="ConfigurationException">The file cannot be opened or made.</exception>
    /// <exception cref="InvalidDataException">It is damaged, no store, or of a later version.</exception>
    public SqliteConnection Open() => Guard(() =>
    {
        lock (_gate)
        {
            if (!_isReady)
            {
                MakeFile();
            }

            var connection = new SqliteConnection(ConnectionString);
            try
            {
                connection.Open();
                connection.Run($"pragma busy_timeout = {(int)Patience.TotalMilliseconds}; pragma synchronous = {schema.Synchronous}; pragma foreign_keys = off");
                if (!_isReady)
                {
                    // Room that removed logs had is given back; it must be said before anything is in the file.
                    connection.Run("pragma auto_vacuum = incremental");
                    connection.Run("pragma journal_mode = wal");
                    schema.Migrate(connection, Path);
                    _isReady = true;
                }

                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    });

    /// <summary>Does something with a connection and says in words what is wrong with the file.</summary>
    public T Use<T>(Func<SqliteConnection, T> act)
    {
        using var connection = Open();
        return Guard(() => act(connection));
    }

    public T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new InvalidDataException(
                $"{Path} is damaged: {e.Message} What was read before this is whole. Keep the file, save what can be read with \"sqlite3 {Path} .recover\", and go on with another state directory.", e);
        }
        catch (SqliteException e)
        {
            throw new IOException(
                e.SqliteErrorCode switch
                {
                    Full => $"{Path} cannot be written: the disk is full. Make room, then go on with what was interrupted.",
                    Busy => $"{Path} cannot be written: another process has been writing to it for {Patience.TotalSeconds:0.#} seconds. End that process (fuser {Path} names it), then go on with what was interrupted.",
                    ReadOnly => $"{Path} cannot be written: it, or the file system that it lies on, can only be read. Make it writable, or name another state directory.",
                    CannotOpen => $"{Path} cannot be opened: {e.Message} Make it and its directory readable and writable, or name another state directory.",
                    _ => $"{Path} cannot be used: {e.Message}",
                },
                e);
        }
    }

    private void MakeFile()
    {
        try
        {
            if (!Exists)
            {
                var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
                if (!OperatingSystem.IsWindows())
                {
                    // SQLite gives the files beside it the same mode.
                    options.UnixCreateMode = PrivateFile;
                }

                new FileStream(Path, options).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The store {Path} cannot be made: {e.Message} Name another one, or make its directory writable.", e);
        }
    }
}
