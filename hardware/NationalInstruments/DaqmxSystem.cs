using System.Text;

namespace ClosedLoop.NationalInstruments;

/// <summary>What National Instruments' driver is on this machine, and which devices it knows.</summary>
public static unsafe class DaqmxSystem
{
    private delegate int DeviceWriter(byte* device, byte* text, uint bytes);

    private delegate int DeviceNumber(byte* device, out uint number);

    /// <summary>The driver's version.</summary>
    /// <exception cref="Core.ClosedLoopException">There is no driver.</exception>
    public static Version Version()
    {
        DaqmxStatus.Check(DaqmxNative.DAQmxGetSysNIDAQMajorVersion(out var major), "asking for the version");
        DaqmxStatus.Check(DaqmxNative.DAQmxGetSysNIDAQMinorVersion(out var minor), "asking for the version");
        return new((int)major, (int)minor);
    }

    /// <summary>The devices.</summary>
    /// <exception cref="Core.ClosedLoopException">There is no driver, or it fails.</exception>
    public static IReadOnlyList<DaqmxDevice> Devices() =>
    [
        .. Names(DaqmxStatus.Text(DaqmxNative.DAQmxGetSysDevNames, "asking for the devices")).Select(name => new DaqmxDevice(
            name, Text(name, DaqmxNative.DAQmxGetDevProductType), Number(name, DaqmxNative.DAQmxGetDevSerialNum), Number(name, DaqmxNative.DAQmxGetDevIsSimulated) != 0,
            Names(Text(name, DaqmxNative.DAQmxGetDevAIPhysicalChans)), Names(Text(name, DaqmxNative.DAQmxGetDevDILines)),
            Names(Text(name, DaqmxNative.DAQmxGetDevDOLines)), Names(Text(name, DaqmxNative.DAQmxGetDevCOPhysicalChans)))),
    ];

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Text(string device, DeviceWriter write)
    {
        fixed (byte* at = Encoding.UTF8.GetBytes(device + '\0'))
        {
            var name = (nint)at;
            return DaqmxStatus.Text((text, bytes) => write((byte*)name, text, bytes), $"asking about '{device}'");
        }
    }

    private static uint Number(string device, DeviceNumber ask)
    {
        fixed (byte* at = Encoding.UTF8.GetBytes(device + '\0'))
        {
            DaqmxStatus.Check(ask(at, out var number), $"asking about '{device}'");
            return number;
        }
    }
}
