// The tool runs its commands in a process sandbox, which is for Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
