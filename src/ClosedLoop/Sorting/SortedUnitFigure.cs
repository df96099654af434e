using ClosedLoop.Core;
using ClosedLoop.Display;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Recording;

namespace ClosedLoop.Sorting;

/// <summary>The figure of units that a chain has sorted: rasters, waveforms, autocorrelograms.</summary>
public static class SortedUnitFigure
{
    /// <summary>Writes the figure.</summary>
    /// <param name="path">The file, .png.</param>
    /// <param name="recording">What the recording is called.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="units">The units, by tetrode, with when they fired.</param>
    /// <param name="chain">The chain that sorted them, which knows what they look like; a unit that it has lost is left out.</param>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public static void Write(string path, string recording, double seconds, IReadOnlyList<NwbUnit> units, SpikeSortingChain chain)
    {
        var waveforms = chain.Sorters.SelectMany(sorter => sorter.Waveforms()).ToDictionary(waveform => (waveform.Tetrode, waveform.Unit));
        UnitPlot[] plots = [.. units.Where(unit => waveforms.ContainsKey((unit.Tetrode, unit.Unit))).Select(unit =>
        {
            var waveform = waveforms[(unit.Tetrode, unit.Unit)];
            return new UnitPlot(unit.Tetrode, unit.Unit, unit.SpikeTimesS, waveform.Wires, chain.RateHz, waveform.MeanMicrovolts, waveform.SpreadMicrovolts, unit.Snr, unit.IsiViolation);
        })];
        UnitFigure.Write(path, $"{recording}: {plots.Length} units on {chain.Tetrodes.Count} tetrodes, {seconds:F0} s", seconds, plots);
    }
}
