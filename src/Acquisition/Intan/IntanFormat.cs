namespace ClosedLoop.Acquisition;

/// <summary>How an Intan system lays a recording down; chosen in its software before recording.</summary>
public enum IntanFormat
{
    /// <summary>All signals in the .rhd file, block after block behind its head ("traditional").</summary>
    OneFile,

    /// <summary>The head in info.rhd, and beside it time.dat, amplifier.dat, digitalin.dat ...</summary>
    FilePerSignal,

    /// <summary>The head in info.rhd, and beside it time.dat and a file for each channel: amp-A-000.dat ...</summary>
    FilePerChannel,
}
