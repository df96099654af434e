using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>What the driver's functions return, in sentences.</summary>
internal static unsafe class DaqmxStatus
{
    /// <summary>The reader was too slow: what it asked for has been written over.</summary>
    public const int SamplesNoLongerAvailable = -200279;

    /// <summary>A string function that returns this many bytes and more is broken.</summary>
    private const int LongestText = 1 << 20;

    /// <summary>A function of the driver that writes a string.</summary>
    public delegate int Writer(byte* text, uint bytes);

    /// <summary>Throws what an error means. A warning is none.</summary>
    /// <param name="status">What a function returned, on this thread just now.</param>
    /// <param name="doing">What was being done, as in "starting 'Dev1/ai0'".</param>
    /// <exception cref="ClosedLoopException">It was an error; exit code 2 where another configuration mends it.</exception>
    public static void Check(int status, string doing)
    {
        if (status < 0)
            throw Error(status, doing, DaqmxNative.DAQmxGetExtendedErrorInfo);
    }

    /// <summary>An error that the driver told of by itself, on a thread of its own: the text of its number.</summary>
    public static ClosedLoopException Told(int status, string doing) =>
        Error(status, doing, (text, bytes) => DaqmxNative.DAQmxGetErrorString(status, text, bytes));

    /// <summary>A string of the driver.</summary>
    public static string Text(Writer write, string doing)
    {
        var bytes = write(null, 0);
        Check(bytes, doing);
        // NB: with some functions the size that is returned may be 0 for nothing.
        if (bytes is 0 or > LongestText)
            return "";
        var buffer = new byte[bytes];
        fixed (byte* at = buffer)
            Check(write(at, (uint)bytes), doing);
        var end = Array.IndexOf(buffer, (byte)0);
        return Encoding.UTF8.GetString(buffer, 0, end < 0 ? bytes : end);
    }

    private static ClosedLoopException Error(int status, string doing, Writer writer)
    {
        // NB: the text must not be asked for by what throws when it fails: then there would be no end.
        var bytes = writer(null, 0);
        var text = "no text";
        if (bytes is > 0 and <= LongestText)
        {
            var buffer = new byte[bytes];
            fixed (byte* at = buffer)
                if (writer(at, (uint)bytes) >= 0)
                    text = string.Join(' ', Encoding.UTF8.GetString(buffer).TrimEnd('\0').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        var message = $"NI-DAQmx failed at {doing} with {status}: {text}{(Advice(status) is { } advice ? $"; {advice}" : "")}";
        return IsConfiguration(status) ? ClosedLoopException.Usage(message) : ClosedLoopException.Failed(message);
    }

    private static bool IsConfiguration(int status) => status is -200220 or -200170 or -200077 or -200081 or -200525 or -200559 or -200452;

    private static string? Advice(int status) => status switch
    {
        -200222 or -200278 or SamplesNoLongerAvailable => "it was not read fast enough: take larger blocks or a lower rate",
        -200361 or -200714 or -200283 or -200715 => "the device's own buffer ran over: lower the rate, or give the device a bus to itself",
        -200019 => "the clock is faster than the device converts: lower the rate or the number of channels",
        -200022 or -50103 => "another task or program uses the same device or counter: end it",
        -200220 or -200324 or -201003 or -200045 or -50300 => "look whether the device is plugged in and what its name is (doctor and NI MAX list the devices)",
        -200170 => "look for the channels that the device has (NI MAX lists them)",
        -200081 or -200077 => "the device cannot do what was asked; its manual and NI MAX tell its rates and ranges",
        -200284 or -200474 => "look whether the sample clock or the trigger is connected",
        _ => null,
    };
}
