using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <content>What the units look like, for a display or a report.</content>
public sealed partial class TetrodeSorter
{
    // Fewer say nothing about a spread.
    private const int LeastAveraged = 5;

    /// <summary>What each unit's recent spikes look like, by their numbers. Takes milliseconds: on the sorter's own thread.</summary>
    public IReadOnlyList<UnitWaveform> Waveforms() => [.. Units.Select(Averaged)];

    /// <summary>A unit's template, microvolts, wire by wire, as <see cref="SortingOptions.Length"/> samples of each; where it has several, the deepest.</summary>
    /// <exception cref="ClosedLoopException">The unit is not there.</exception>
    public float[] Waveform(int unit)
    {
        _ = Existing(unit);
        return [.. _matcher!.Templates.Where(template => template.Unit == unit).MaxBy(template => template.PeakMicrovolts)!.Shape];
    }

    private UnitWaveform Averaged(int unit)
    {
        var snippet = new float[Wires * _options.Length];
        var (sums, squares, count) = (new double[snippet.Length], new double[snippet.Length], 0);
        for (var i = 0; i < _recent.Count; i++)
        {
            if (_recent.Unit(i) != unit)
                continue;
            _recent.Read(i, _window);
            SnippetAlignment.Cut(_window, SnippetAlignment.Trough(_window, _levels, _options), _options, snippet);
            for (var d = 0; d < snippet.Length; d++)
            {
                sums[d] += snippet[d];
                squares[d] += snippet[d] * (double)snippet[d];
            }
            count++;
        }
        if (count < LeastAveraged)
            return new(Tetrode, unit, Wires, _options.Before, 0, Waveform(unit), new float[snippet.Length]);
        return new(
            Tetrode, unit, Wires, _options.Before, count, [.. sums.Select(sum => (float)(sum / count))],
            [.. sums.Zip(squares, (sum, square) => (float)Math.Sqrt(Math.Max(0, (square - (sum * sum / count)) / (count - 1))))]);
    }
}
