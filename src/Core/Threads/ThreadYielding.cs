using System.Runtime.InteropServices;

namespace ClosedLoop.Core;

/// <summary>
/// Makes the calling thread give way to others of this process where cores are short: for work that a bounded queue waits
/// for (encoding, writing), beside work that time does not wait for.
/// </summary>
/// <remarks>NB: .NET's thread priorities do nothing on Linux. Lowering one's own needs no rights, raising it would.</remarks>
public static partial class ThreadYielding
{
    // The calling thread, for setpriority: Linux keeps the niceness of each thread.
    private const int ThisThread = 0;

    /// <summary>Lowers the calling thread's priority for good. Where the system refuses it stays as it is.</summary>
    /// <param name="niceness">0: as all others; 19: only where nobody else wants the core.</param>
    public static void GiveWay(int niceness = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(niceness, 0);
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, ThisThread, niceness);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
