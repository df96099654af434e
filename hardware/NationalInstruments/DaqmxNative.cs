using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>
/// The functions of National Instruments' driver that are used here (NI-DAQmx C reference; NIDAQmx.h). All return 0, an
/// error below it or a warning above. Strings are written into the caller's buffer; called without one, such a function
/// returns the bytes that are needed.
/// </summary>
internal static unsafe partial class DaqmxNative
{
    /// <summary>The environment variable that names the driver's library where it is not the system's.</summary>
    public const string Variable = "CLOSEDLOOP_NIDAQMX";

    private const string Library = "nidaqmx";

    static DaqmxNative() => NativeLibrary.SetDllImportResolver(
        typeof(DaqmxNative).Assembly, (name, _, _) => name == Library ? Load(Environment.GetEnvironmentVariable(Variable)) : 0);

    /// <summary>Loads the driver.</summary>
    /// <param name="named">A path, or null: where the system has it.</param>
    /// <exception cref="ClosedLoopException">It is not there.</exception>
    internal static nint Load(string? named)
    {
        // NB: on Windows the first speaks UTF-8, the second the system's code page, which agrees for names in ASCII.
        string[] candidates = named is { Length: > 0 } ? [named] : OperatingSystem.IsWindows() ? ["nicai_utf8.dll", "nicaiu.dll"] : ["libnidaqmx.so.1"];
        foreach (var candidate in candidates)
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return handle;
        throw ClosedLoopException.Failed($"the driver NI-DAQmx ({string.Join(" or ", candidates)}) cannot be loaded; install NI-DAQmx of National Instruments for this system, or name its library in {Variable}");
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int DAQmxCreateTask(string name, out nint task);
    [LibraryImport(Library)] public static partial int DAQmxStartTask(nint task);
    [LibraryImport(Library)] public static partial int DAQmxStopTask(nint task);
    [LibraryImport(Library)] public static partial int DAQmxClearTask(nint task);
    [LibraryImport(Library)] public static partial int DAQmxIsTaskDone(nint task, out uint done);
    [LibraryImport(Library)] public static partial int DAQmxGetTaskChannels(nint task, byte* names, uint bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DAQmxCreateAIVoltageChan(nint task, string physical, string name, int terminal, double min, double max, int units, string? scale);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int DAQmxCreateDIChan(nint task, string lines, string name, int grouping);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int DAQmxCreateDOChan(nint task, string lines, string name, int grouping);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DAQmxCreateCOPulseChanFreq(nint task, string counter, string name, int units, int idle, double delay, double frequency, double duty);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DAQmxCreateCICountEdgesChan(nint task, string counter, string name, int edge, uint initial, int direction);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DAQmxCfgSampClkTiming(nint task, string source, double rate, int edge, int mode, ulong samples);
    [LibraryImport(Library)] public static partial int DAQmxCfgImplicitTiming(nint task, int mode, ulong samples);
    [LibraryImport(Library)] public static partial int DAQmxCfgInputBuffer(nint task, uint samples);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int DAQmxCfgDigEdgeStartTrig(nint task, string source, int edge);
    [LibraryImport(Library)] public static partial int DAQmxGetSampClkRate(nint task, out double rate);

    [LibraryImport(Library)]
    public static partial int DAQmxRegisterEveryNSamplesEvent(
        nint task, int type, uint samples, uint options, delegate* unmanaged[Cdecl]<nint, int, uint, nint, int> callback, nint data);
    [LibraryImport(Library)]
    public static partial int DAQmxRegisterDoneEvent(nint task, uint options, delegate* unmanaged[Cdecl]<nint, int, nint, int> callback, nint data);

    [LibraryImport(Library)] public static partial int DAQmxSetReadOverWrite(nint task, int value);
    [LibraryImport(Library)] public static partial int DAQmxSetReadRelativeTo(nint task, int value);
    [LibraryImport(Library)] public static partial int DAQmxSetReadOffset(nint task, int value);
    [LibraryImport(Library)] public static partial int DAQmxGetReadAvailSampPerChan(nint task, out uint samples);
    [LibraryImport(Library)] public static partial int DAQmxGetReadCurrReadPos(nint task, out ulong position);

    [LibraryImport(Library)]
    public static partial int DAQmxReadAnalogF64(nint task, int samples, double timeout, uint fill, double* values, uint size, out int read, nint reserved);
    [LibraryImport(Library)]
    public static partial int DAQmxReadDigitalU32(nint task, int samples, double timeout, uint fill, uint* values, uint size, out int read, nint reserved);
    [LibraryImport(Library)]
    public static partial int DAQmxReadCounterU32(nint task, int samples, double timeout, uint* values, uint size, out int read, nint reserved);
    [LibraryImport(Library)]
    public static partial int DAQmxWriteDigitalU32(nint task, int samples, uint autoStart, double timeout, uint layout, uint* values, out int written, nint reserved);

    [LibraryImport(Library)] public static partial int DAQmxGetExtendedErrorInfo(byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetErrorString(int code, byte* text, uint bytes);

    [LibraryImport(Library)] public static partial int DAQmxGetSysNIDAQMajorVersion(out uint version);
    [LibraryImport(Library)] public static partial int DAQmxGetSysNIDAQMinorVersion(out uint version);
    [LibraryImport(Library)] public static partial int DAQmxGetSysDevNames(byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetDevProductType(byte* device, byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetDevSerialNum(byte* device, out uint number);
    [LibraryImport(Library)] public static partial int DAQmxGetDevIsSimulated(byte* device, out uint simulated);
    [LibraryImport(Library)] public static partial int DAQmxGetDevAIPhysicalChans(byte* device, byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetDevDILines(byte* device, byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetDevDOLines(byte* device, byte* text, uint bytes);
    [LibraryImport(Library)] public static partial int DAQmxGetDevCOPhysicalChans(byte* device, byte* text, uint bytes);
}
