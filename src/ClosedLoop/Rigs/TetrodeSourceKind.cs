namespace ClosedLoop.Rigs;

/// <summary>Where a rig's samples of electrodes come from.</summary>
public enum TetrodeSourceKind
{
    /// <summary>Simulated tetrodes: no hardware.</summary>
    Simulated,

    /// <summary>A recording, played live.</summary>
    File,

    /// <summary>An Intan controller, by Intan's RHX software over TCP.</summary>
    IntanRhx,

    /// <summary>Analog inputs of a device of National Instruments, by its driver NI-DAQmx.</summary>
    NiDaqmx,
}
