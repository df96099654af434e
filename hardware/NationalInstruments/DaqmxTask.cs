using System.Runtime.InteropServices;

namespace ClosedLoop.NationalInstruments;

/// <summary>A task of the driver: what it does on some channels of a device. Cleared when it is disposed, and at the latest when nobody holds it.</summary>
internal sealed class DaqmxTask : SafeHandle
{
    /// <summary>Makes a task.</summary>
    /// <param name="what">What it is for, in messages: its channels.</param>
    public DaqmxTask(string what)
        : base(0, ownsHandle: true)
    {
        What = what;
        DaqmxStatus.Check(DaqmxNative.DAQmxCreateTask("", out var task), $"making a task for '{what}'");
        SetHandle(task);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>What it is for.</summary>
    public string What { get; }

    /// <summary>The driver's handle.</summary>
    public nint Handle => handle;

    /// <summary>Throws where a function of the driver failed.</summary>
    public void Check(int status, string doing)
    {
        if (status < 0)
            DaqmxStatus.Check(status, $"{doing} '{What}'");
    }

    /// <summary>Starts it.</summary>
    public void Start() => Check(DaqmxNative.DAQmxStartTask(handle), "starting");

    /// <summary>Stops it.</summary>
    public void Stop() => Check(DaqmxNative.DAQmxStopTask(handle), "stopping");

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => DaqmxNative.DAQmxClearTask(handle) >= 0;
}
