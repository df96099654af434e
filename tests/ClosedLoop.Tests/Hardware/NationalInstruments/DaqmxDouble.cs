using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ClosedLoop.Tests.Hardware.NationalInstruments;

/// <summary>
/// The double of National Instruments' driver (daqmx_double.c), built with the system's C compiler and named to the adapter
/// as its driver. One for the whole run: a driver that is loaded stays.
/// </summary>
public sealed unsafe class DaqmxDouble
{
    private readonly delegate* unmanaged[Cdecl]<byte*, int, void> _fail;
    private readonly delegate* unmanaged[Cdecl]<int, void> _hold;
    private readonly delegate* unmanaged[Cdecl]<uint, void> _edges;
    private readonly delegate* unmanaged[Cdecl]<uint> _lines;
    private readonly delegate* unmanaged[Cdecl]<int> _tasks;
    private readonly delegate* unmanaged[Cdecl]<ulong, void> _advance;
    private readonly delegate* unmanaged[Cdecl]<int, void> _end;

    private DaqmxDouble(string library)
    {
        var handle = NativeLibrary.Load(library);
        nint Export(string name) => NativeLibrary.GetExport(handle, name);
        _fail = (delegate* unmanaged[Cdecl]<byte*, int, void>)Export("double_fail");
        _hold = (delegate* unmanaged[Cdecl]<int, void>)Export("double_hold");
        _edges = (delegate* unmanaged[Cdecl]<uint, void>)Export("double_edges");
        _lines = (delegate* unmanaged[Cdecl]<uint>)Export("double_lines");
        _tasks = (delegate* unmanaged[Cdecl]<int>)Export("double_tasks");
        _advance = (delegate* unmanaged[Cdecl]<ulong, void>)Export("double_advance");
        _end = (delegate* unmanaged[Cdecl]<int, void>)Export("double_end");
    }

    /// <summary>The double; skips the running test where there is no C compiler.</summary>
    public static DaqmxDouble Instance => Made.Value ?? throw new SkipException("needs a C compiler (cc), which is not here");

    private static Lazy<DaqmxDouble?> Made { get; } = new(Build);

    /// <summary>Tasks that have not been cleared.</summary>
    public int Tasks => _tasks();

    /// <summary>What was written to the digital outputs last.</summary>
    public uint Lines => _lines();

    /// <summary>Volts planted at a sample of an analog input, and the word at one of digital inputs.</summary>
    public static double Volts(long sample, int channel) => ((((sample * 7) + (channel * 1000)) % 2001) - 1000) / 100.0;

    public static uint Word(long sample) => (uint)(sample * 2654435761L);

    /// <summary>Running inputs take so many samples.</summary>
    public void Advance(int samples) => _advance((ulong)samples);

    /// <summary>From now on, or no longer, the program is not called.</summary>
    public void Hold(bool hold) => _hold(hold ? 1 : 0);

    /// <summary>The next call of a function, named without DAQmx, returns a status.</summary>
    public void Fail(string function, int status)
    {
        fixed (byte* at = Encoding.ASCII.GetBytes(function + '\0'))
            _fail(at, status);
    }

    /// <summary>Running tasks end by themselves.</summary>
    public void End(int status) => _end(status);

    /// <summary>The counter sees more edges.</summary>
    public void Edges(uint more) => _edges(more);

    private static DaqmxDouble? Build()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Hardware", "NationalInstruments", "daqmx_double.c");
        var library = Path.Combine(Path.GetDirectoryName(source)!, "libdaqmx_double.so");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden", "-o", library, source, "-lpthread"]) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        Environment.SetEnvironmentVariable("CLOSEDLOOP_NIDAQMX", library);
        return new(library);
    }
}
