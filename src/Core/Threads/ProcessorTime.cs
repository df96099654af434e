using System.Runtime.InteropServices;

namespace ClosedLoop.Core;

/// <summary>
/// The time for which processors have worked: on a machine with other work it grows as on an idle one, where a clock on
/// the wall runs on while a thread waits for its turn.
/// </summary>
public static partial class ProcessorTime
{
    // Of <time.h>: CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID.
    private const int ProcessClock = 2, ThreadClock = 3;

    /// <summary>What the calling thread has used, nanoseconds. Takes some hundred nanoseconds; allocates nothing.</summary>
    public static long OfThreadNs => Read(ThreadClock);

    /// <summary>What all threads of this process have used together, nanoseconds.</summary>
    public static long OfProcessNs => Read(ProcessClock);

    private static long Read(int clock) => GetTime(clock, out var time) == 0
        ? (time.Seconds * SessionTime.NanosecondsPerSecond) + time.Nanoseconds
        : throw ClosedLoopException.Failed($"this system does not say how much processor time was used (clock_gettime({clock}) failed: {Marshal.GetLastPInvokeErrorMessage()})");

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpecification time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
