using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A continuous stream of an Open Ephys recording in binary format.</summary>
/// <param name="Name">As Open Ephys calls it.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="RateHz">Samples per second and channel.</param>
/// <param name="Channels">Its channels, in the file's order.</param>
public sealed record OpenEphysStream(string Name, string Folder, double RateHz, IReadOnlyList<SampleChannel> Channels)
{
    /// <summary>The samples: int16, all channels of the first sample, then of the second.</summary>
    public string DataPath => Path.Combine(Folder, "continuous.dat");

    /// <summary>
    /// The device's number of each sample (int64). NB: before version 0.6 of the GUI these numbers were in timestamps.npy,
    /// where later versions have seconds.
    /// </summary>
    public string NumbersPath => OpenEphysRecording.Either(Folder, "sample_numbers.npy", "timestamps.npy");
}
