// The tool runs its commands in a process sandbox, which is for Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// Every test has a workspace of its own, and waits for a process most of its time.
[assembly: Parallelizable(ParallelScope.All)]
[assembly: LevelOfParallelism(4)]
