using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Writes sorted units as the table of units of an NWB file (2.7), whole or not at all.</summary>
public static class NwbUnitsWriter
{
    private const string Units = "units";

    /// <summary>Writes the file; one that is there already is replaced.</summary>
    /// <param name="path">The file, .nwb.</param>
    /// <param name="start">When the recording began.</param>
    /// <param name="description">What was recorded, and how it was sorted.</param>
    /// <param name="units">The units, in the order of the table.</param>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public static void Write(string path, DateTimeOffset start, string description, IReadOnlyList<NwbUnit> units)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            KeypointWriter.OnDisk(path, () =>
            {
                using (var file = Hdf5Writer.Create(temporary))
                {
                    NwbParts.WriteSession(file, start, description);
                    WriteTable(file, units);
                }
                File.Move(temporary, path, overwrite: true);
            });
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void WriteTable(Hdf5Writer file, IReadOnlyList<NwbUnit> units)
    {
        (string Name, string Description, Func<NwbUnit, double> Value)[] measures =
        [
            ("snr", "depth of the mean trough over the noise of its wire", unit => unit.Snr),
            ("isi_violation", "share of the intervals between spikes shorter than 1.5 ms", unit => unit.IsiViolation),
            ("isolation_distance", "isolation distance (Harris et al. 2001); NaN where there are too few other spikes", unit => unit.IsolationDistance),
            ("l_ratio", "L-ratio (Schmitzer-Torbert et al. 2005)", unit => unit.LRatio),
        ];
        file.CreateGroup(Units);
        NwbParts.Mark(file, Units, "core", "Units");
        file.WriteAttribute(Units, "description", "units sorted from tetrodes");
        file.WriteAttribute(Units, "colnames", ["spike_times", "tetrode", "unit", .. measures.Select(measure => measure.Name)]);
        file.WriteIntegers<int>($"{Units}/id", [.. Enumerable.Range(0, units.Count)], units.Count);
        NwbParts.Mark(file, $"{Units}/id", "hdmf-common", "ElementIdentifiers");
        WriteTimes(file, units);
        WriteColumn(file, "tetrode", "index of the tetrode, from 0", [.. units.Select(unit => unit.Tetrode)]);
        WriteColumn(file, "unit", "number of the unit on its tetrode, from 1", [.. units.Select(unit => unit.Unit)]);
        foreach (var (name, description, value) in measures)
        {
            file.WriteDoubles($"{Units}/{name}", [.. units.Select(value)], units.Count);
            Describe(file, name, description);
        }
    }

    /// <summary>All units' times one after the other, and where each unit's end.</summary>
    private static void WriteTimes(Hdf5Writer file, IReadOnlyList<NwbUnit> units)
    {
        var times = units.SelectMany(unit => unit.SpikeTimesS).ToArray();
        file.WriteCompressedDoubles($"{Units}/spike_times", times, times.Length);
        Describe(file, "spike_times", "times of the spikes, seconds since the recording's beginning");
        var ends = new uint[units.Count];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = (uint)units[i].SpikeTimesS.Length + (i == 0 ? 0 : ends[i - 1]);
        file.WriteIntegers<uint>($"{Units}/spike_times_index", ends, ends.Length);
        NwbParts.Mark(file, $"{Units}/spike_times_index", "hdmf-common", "VectorIndex");
        file.WriteAttribute($"{Units}/spike_times_index", "description", "where each unit's spike times end");
        file.WriteReferenceAttribute($"{Units}/spike_times_index", "target", $"{Units}/spike_times");
    }

    private static void WriteColumn(Hdf5Writer file, string name, string description, int[] values)
    {
        file.WriteIntegers<int>($"{Units}/{name}", values, values.Length);
        Describe(file, name, description);
    }

    private static void Describe(Hdf5Writer file, string name, string description)
    {
        NwbParts.Mark(file, $"{Units}/{name}", "hdmf-common", "VectorData");
        file.WriteAttribute($"{Units}/{name}", "description", description);
    }
}
