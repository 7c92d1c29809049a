# The web process of the tests' app: a small server that shows what it was asked and how it was started.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 50, ReuseAddr => 1) or die "bind: $!";
print "listening\n";
while (my $client = $server->accept) {
    my $head = '';
    while (defined(my $line = <$client>)) {
        last if $line =~ /^\r?\n$/;
        $head .= $line;
    }
    my ($method, $path) = $head =~ /^(\S+) (\S+)/ or next;
    my $body = '';
    if ($head =~ /content-length: *(\d+)/i) { read $client, $body, $1; }
    my ($place) = split /\?/, $path;
    if ($path eq '/close') { close $client; next; }
    if ($path eq '/exit') { print STDERR "leaving\n"; exit 3; }
    if ($path eq '/slow') { sleep 3; }
    my $text = $path eq '/env' ? join("\n", map { "$_=$ENV{$_}" } sort keys %ENV) . "\n"
        : $place eq '/head' ? $head
        : $method eq 'POST' ? $body
        : "$method $path " . ($ENV{GREETING} // 'none') . ' ' . (-e 'version' ? do { local @ARGV = 'version'; <> } : "no version\n");
    my $length = length $text;
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: $length\r\nConnection: close\r\n\r\n$text";
    close $client;
}
