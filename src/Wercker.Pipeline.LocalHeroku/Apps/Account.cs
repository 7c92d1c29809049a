namespace Wercker.Pipeline.LocalHeroku.Apps;

/// <summary>The one account, whose API key is the platform's.</summary>
internal sealed class Account(string email, DateTimeOffset createdAt)
{
    private readonly Lock _lock = new();
    private readonly List<SshKey> _keys = [];

    public Guid Id { get; } = Guid.NewGuid();

    public string Email => email;

    public DateTimeOffset CreatedAt => createdAt;

    public IReadOnlyList<SshKey> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _keys];
            }
        }
    }

    /// <summary>False when the key is there already.</summary>
    public bool TryAdd(SshKey key)
    {
        lock (_lock)
        {
            if (_keys.Exists(k => k.Fingerprint == key.Fingerprint))
            {
                return false;
            }

            _keys.Add(key);
            return true;
        }
    }

    public SshKey? Find(string idOrFingerprint) =>
        Keys.FirstOrDefault(k => k.Fingerprint == idOrFingerprint || k.Id.ToString() == idOrFingerprint);

    public void Remove(SshKey key)
    {
        lock (_lock)
        {
            _keys.Remove(key);
        }
    }
}
