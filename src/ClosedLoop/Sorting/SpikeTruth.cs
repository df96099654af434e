using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Sorting;

/// <summary>
/// The true spikes of a recording: a table with the columns <c>unit</c> and <c>sample</c>, as <c>simulate --tetrodes</c>
/// writes it, and, where a table of units lies beside it (<c>truth_units.csv</c>), each unit's signal-to-noise ratio.
/// </summary>
public sealed class SpikeTruth
{
    private SpikeTruth(IReadOnlyList<int> units, IReadOnlyList<double[]> samples, IReadOnlyList<double> snr) => (Units, Samples, Snr) = (units, samples, snr);

    /// <summary>What the table calls the units.</summary>
    public IReadOnlyList<int> Units { get; }

    /// <summary>Sample numbers of each unit's spikes, ascending.</summary>
    public IReadOnlyList<double[]> Samples { get; }

    /// <summary>Each unit's signal-to-noise ratio; NaN where nobody says it.</summary>
    public IReadOnlyList<double> Snr { get; }

    /// <summary>Reads the tables.</summary>
    /// <param name="path">The table of spikes.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, lacks a column, or a line of it is no spike.</exception>
    public static SpikeTruth Read(string path)
    {
        var spikes = new SortedDictionary<int, List<double>>();
        Lines(path, ["unit", "sample"], (line, numbers) =>
        {
            if (numbers[0] != Math.Floor(numbers[0]) || !double.IsFinite(numbers[1]))
                throw ClosedLoopException.Usage($"'{path}', line {line}: a spike needs a whole number as its unit and a sample, and there are {numbers[0].ToString(CultureInfo.InvariantCulture)} and {numbers[1].ToString(CultureInfo.InvariantCulture)}");
            if (!spikes.TryGetValue((int)numbers[0], out var own))
                spikes.Add((int)numbers[0], own = []);
            own.Add(numbers[1]);
        });
        if (spikes.Count == 0)
            throw ClosedLoopException.Usage($"'{path}' holds no spike; --truth takes the table of true spikes that 'simulate --tetrodes' writes (truth.csv)");
        var ratios = new Dictionary<int, double>();
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "truth_units.csv");
        if (File.Exists(beside))
            Lines(beside, ["unit", "snr"], (_, numbers) => ratios[(int)numbers[0]] = numbers[1]);
        return new([.. spikes.Keys], [.. spikes.Values.Select(samples => samples.Order().ToArray())], [.. spikes.Keys.Select(unit => ratios.GetValueOrDefault(unit, double.NaN))]);
    }

    private static void Lines(string path, string[] columns, Action<int, double[]> take)
    {
        try
        {
            using var reader = new StreamReader(path);
            var head = (reader.ReadLine() ?? "").Split(',');
            var places = columns.Select(column => Array.IndexOf(head, column)).ToArray();
            if (Array.IndexOf(places, -1) is >= 0 and var missing)
                throw ClosedLoopException.Usage($"'{path}' has no column '{columns[missing]}' in its first line ({string.Join(", ", head)})");
            var numbers = new double[columns.Length];
            var line = 1;
            while (reader.ReadLine() is { } text)
            {
                line++;
                var cells = text.Split(',');
                for (var i = 0; i < columns.Length; i++)
                    if (places[i] >= cells.Length || !double.TryParse(cells[places[i]], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                        throw ClosedLoopException.Usage($"'{path}', line {line}: there is no number in column '{columns[i]}'");
                take(line, numbers);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the true spikes '{path}' cannot be read: {error.Message}", error);
        }
    }
}
