using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Tests.Logs.Signatures;

/// <summary>Makes logs with the shapes of well-known servers: a few common messages, rarer ones, and some that come once in thousands of lines.</summary>
internal static class GeneratedLog
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Users = ["root", "admin", "oracle", "guest", "pi", "test user", "ubuntu", "a", "ftp-user", "x.y"];

    /// <summary>Exceptions that no generated log has by itself, as different loggers write them; and their types.</summary>
    public static readonly (string Line, string Type)[] Exceptions =
    [
        ("ERROR [main] shop.Checkout: java.lang.NullPointerException: Cannot invoke \"Card.id()\"", "NullPointerException"),
        ("2026 FATAL worker-3 Unhandled System.InvalidOperationException: Sequence contains no elements", "InvalidOperationException"),
        ("Traceback (most recent call last):\n  File \"/app/pay.py\", line 31, in charge\nKeyError: 'iban'", "KeyError"),
        ("host app[77]: error: PaymentGatewayException: vault is closed", "PaymentGatewayException"),
        ("SEVERE: Servlet.service() threw\njavax.servlet.ServletException: boom\nCaused by: java.sql.SQLTransientException: pool empty", "SQLTransientException"),
        ("[error] [client 10.1.2.3] PHP Fatal error: Uncaught TypeError: strlen() in /srv/a.php:7", "TypeError"),
        ("app.js:12 UnhandledPromiseRejection ReferenceError: cart is not defined", "ReferenceError"),
        ("E, [2026-03-01] ERROR -- : NoMethodError (undefined method `total' for nil)", "NoMethodError"),
        ("level=error msg=\"request failed\" err=\"DeadlineExceededError: 5s\"", "DeadlineExceededError"),
        ("WARN thread-1 died: java.lang.StackOverflowError", "StackOverflowError"),
    ];

    public static IReadOnlyList<LogEntry> Make(string kind, int count, int seed)
    {
        var random = new Random(seed);
        var messages = kind switch { "sshd" => Sshd(random), "httpd" => Httpd(random), "hadoop" => Hadoop(random), _ => ZooKeeper(random) };
        var log = new List<LogEntry>(count);
        for (var (i, at) = (0, Start); i < count; i++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(10, 4000));
            var total = messages.Sum(message => message.Weight);
            var pick = random.NextDouble() * total;
            log.Add(new LogEntry(at, messages.First(message => (pick -= message.Weight) <= 0).Make()));
        }

        return log;
    }

    private static (double Weight, Func<string> Make)[] Sshd(Random r)
    {
        string Ip() => $"{r.Next(1, 255)}.{r.Next(255)}.{r.Next(255)}.{r.Next(255)}";
        string User() => Users[r.Next(Users.Length)];
        string Head() => $"box sshd[{r.Next(1000, 32000)}]:";
        return
        [
            (30, () => $"{Head()} Failed password for {User()} from {Ip()} port {r.Next(65000)} ssh2"),
            (15, () => $"{Head()} Failed password for invalid user {User()} from {Ip()} port {r.Next(65000)} ssh2"),
            (15, () => $"{Head()} Connection closed by {Ip()} [preauth]"),
            (15, () => $"{Head()} pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={Ip()}  user={User()}"),
            (8, () => $"{Head()} error: Received disconnect from {Ip()}: 3: com.jcraft.jsch.JSchException: Auth fail [preauth]"),
            (5, () => $"{Head()} reverse mapping checking getaddrinfo for h{r.Next(99)}.example [{Ip()}] failed - POSSIBLE BREAK-IN ATTEMPT!"),
            (4, () => $"{Head()} Accepted publickey for {User()} from {Ip()} port {r.Next(65000)} ssh2"),
            (0.05, () => $"{Head()} fatal: Read from socket failed: Connection reset by peer [preauth]"),
            (0.02, () => $"{Head()} error: maximum authentication attempts exceeded for {User()} from {Ip()}"),
        ];
    }

    private static (double Weight, Func<string> Make)[] Httpd(Random r) =>
    [
        (30, () => $"[notice] jk2_init() Found child {r.Next(9999)} in scoreboard slot {r.Next(20)}"),
        (30, () => $"[notice] workerEnv.init() ok /etc/httpd/conf/workers{r.Next(3)}.properties"),
        (20, () => $"[error] mod_jk child workerEnv in error state {r.Next(12)}"),
        (10, () => $"[error] [client {r.Next(255)}.{r.Next(255)}.1.2] File does not exist: /var/www/html/{(char)('a' + r.Next(26))}dir"),
        (0.1, () => $"[error] [client {r.Next(255)}.{r.Next(255)}.1.2] Directory index forbidden by rule: /var/www/html/"),
        (0.03, () => $"[error] jk2_init() Can't find child {r.Next(9999)} in scoreboard"),
    ];

    private static (double Weight, Func<string> Make)[] Hadoop(Random r) =>
    [
        (40, () => $"INFO [main] org.example.Mapper: Progress of TaskAttempt attempt_{r.Next()}_m_{r.Next(99):000000}_0 is : {r.NextDouble():0.0000}"),
        (20, () => $"INFO [RMCommunicator Allocator] org.example.Allocator: Recalculating schedule, headroom=<memory:{r.Next(9000)}, vCores:-{r.Next(30)}>"),
        (10, () => $"WARN [LeaseRenewer:me@node-{r.Next(9)}:9000] org.example.LeaseRenewer: Failed to renew lease for [DFSClient_{r.Next()}] for {r.Next(900)} seconds.  Will retry shortly ..."),
        (10, () => $"ERROR [RMCommunicator Allocator] org.example.Allocator: ERROR IN CONTACTING RM. "),
        (5, () => $"INFO [Socket Reader #{r.Next(3)}] ipc.Server: Auth successful for job_{r.Next()} (auth:SIMPLE)"),
        (0.3, () => $"WARN [DataStreamer for file /tmp/{r.Next()}] org.example.DFSClient: DataStreamer Exception\njava.io.IOException: Broken pipe\n\tat sun.nio.ch.Write({r.Next(99)})"),
        (0.02, () => $"ERROR [eventHandlingThread] org.example.History: Error writing History Event: {r.Next()}"),
    ];

    private static (double Weight, Func<string> Make)[] ZooKeeper(Random r) =>
    [
        (30, () => $"INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@{r.Next(2000)}] - Closed socket connection for client /10.10.34.{r.Next(99)}:{r.Next(65000)} (no session established for client)"),
        (30, () => $"WARN  [SendWorker:{r.Next()}:QuorumCnxManager$SendWorker@{r.Next(999)}] - Interrupted while waiting for message on queue"),
        (20, () => $"WARN  [RecvWorker:{r.Next()}:QuorumCnxManager$RecvWorker@{r.Next(999)}] - Connection broken for id {r.Next()}, my id = {r.Next(4)}, error = "),
        (8, () => $"WARN  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@{r.Next(999)}] - caught end of stream exception\nEndOfStreamException: Unable to read additional data from client sessionid 0x{r.Next():x}"),
        (1, () => $"ERROR [LearnerHandler-/10.10.34.{r.Next(99)}:{r.Next(65000)}:LearnerHandler@562] - Unexpected exception causing shutdown while sock still open"),
        (0.02, () => $"ERROR [CommitProcessor:{r.Next(4)}:NIOServerCnxn@{r.Next(999)}] - Unexpected Exception: "),
    ];
}
