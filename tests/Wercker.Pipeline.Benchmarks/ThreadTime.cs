using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Benchmarks;

/// <summary>The CPU time of the calling thread, which other work on the machine hardly moves; the wall clock where there is none.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuClock = 3;

    public static bool IsCpuTime { get; } = OperatingSystem.IsLinux();

    public static double Seconds()
    {
        if (!IsCpuTime || ClockGetTime(ThreadCpuClock, out var time) != 0)
        {
            return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        }

        return time.Seconds + (time.Nanoseconds / 1e9);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
