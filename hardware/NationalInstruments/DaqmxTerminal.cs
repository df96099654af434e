namespace ClosedLoop.NationalInstruments;

/// <summary>What an analog input is measured against.</summary>
public enum DaqmxTerminal
{
    /// <summary>What the device takes by itself.</summary>
    Default = -1,

    /// <summary>The device's ground.</summary>
    ReferencedSingleEnded = 10083,

    /// <summary>The common sense line.</summary>
    NonReferencedSingleEnded = 10078,

    /// <summary>Its partner line.</summary>
    Differential = 10106,

    /// <summary>Its partner line, which the device ties to ground by a resistor.</summary>
    PseudoDifferential = 12529,
}
