using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// What every planted neuron follows, kept beside a recording and in it: the truth that a comparison of network and
/// neurons is judged by. Rates follow from it and the session's own features alone.
/// </summary>
/// <param name="Seed">Seed of the directions.</param>
/// <param name="FrameMs">Time of one frame of features, milliseconds: rates are constant within.</param>
/// <param name="Units">What each neuron follows, in order of their numbers.</param>
public sealed record PlantedPlan(int Seed, double FrameMs, IReadOnlyList<PlannedUnit> Units)
{
    /// <summary>The name under which a recording carries it.</summary>
    public const string FileName = "planted.yaml";

    /// <summary>The greatest lag either way.</summary>
    public const double MostLagMs = 1000;

    internal const double MostGain = 2, MostRateHz = 100;

    /// <summary>Draws a plan.</summary>
    /// <param name="options">What from.</param>
    /// <param name="frameMs">Time of one frame of features.</param>
    /// <param name="units">Number, tetrode and usual rate of each neuron.</param>
    /// <exception cref="ClosedLoopException">An option cannot be.</exception>
    public static PlantedPlan Draw(PlantedPlanOptions options, double frameMs, IReadOnlyList<(int Unit, int Tetrode, double RateHz)> units)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(units);
        options.Check();
        var random = new RandomStream(options.Seed, "planted plan");
        var (network, movement) = ((int)Math.Round(options.NetworkShare * units.Count), (int)Math.Round(options.MovementShare * units.Count));
        // Which neurons follow what is drawn; how many is as asked for, and classes come in turn, so that none is missing.
        var order = Enumerable.Range(0, units.Count).Select(i => (i, key: random.Uniform())).OrderBy(of => of.key).Select(of => of.i).ToArray();
        var planned = new PlannedUnit[units.Count];
        for (var place = 0; place < order.Length; place++)
        {
            var (unit, tetrode, usual) = units[order[place]];
            var rate = Math.Clamp(usual, options.RatesHz.Least, options.RatesHz.Most);
            var gain = random.Uniform(options.Gains.Least, options.Gains.Most);
            var lag = random.Uniform();
            planned[order[place]] = place < network
                ? new(unit, tetrode, PlannedDrive.Network, options.NetworkClasses[place % options.NetworkClasses.Count], Of(options.NetworkLagsMs, lag), rate, gain)
                : place < network + movement
                    ? new(unit, tetrode, PlannedDrive.Movement, options.MovementClasses[(place - network) % options.MovementClasses.Count], Of(options.MovementLagsMs, lag), rate, gain)
                    : new(unit, tetrode, PlannedDrive.None, "", 0, rate, 0);
        }
        return new(options.Seed, frameMs, planned);

        static double Of(IReadOnlyList<double> lags, double share) => lags[(int)(share * lags.Count)];
    }

    /// <summary>The text of the plan's file.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder();
        text.Append("# What each planted neuron follows: its rate at time t is rate_hz x exp(gain x p(t - lag_ms)), with p the class of\n");
        text.Append("# features projected onto a random direction, in standard deviations. A lag below 0: the neuron comes first.\n");
        text.Append(CultureInfo.InvariantCulture, $"seed: {Seed}\nframe_ms: {FrameMs:R}\nunits:\n");
        foreach (var unit in Units)
            text.Append(CultureInfo.InvariantCulture, $"- {{unit: {unit.Unit}, tetrode: {unit.Tetrode}, drive: {Name(unit.Drive)}, class: \"{unit.Class}\", lag_ms: {unit.LagMs:R}, rate_hz: {unit.RateHz:R}, gain: {unit.Gain:R}}}\n");
        return text.ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="text">The text of its file.</param>
    /// <param name="name">What errors call the file.</param>
    /// <exception cref="ClosedLoopException">It is not valid; the message says where.</exception>
    public static PlantedPlan Parse(string text, string name)
    {
        var root = YamlSection.Parse(text, name, "a plan of planted neurons");
        root.Allow("seed", "frame_ms", "units");
        return new(root.Integer("seed"), root.Number("frame_ms", 0.1, 1000), [.. root.Children("units").Select(unit =>
        {
            unit.Allow("unit", "tetrode", "drive", "class", "lag_ms", "rate_hz", "gain");
            var drive = unit.OneOf("drive", "none", "network", "movement") switch { "network" => PlannedDrive.Network, "movement" => PlannedDrive.Movement, _ => PlannedDrive.None };
            return new PlannedUnit(
                unit.Integer("unit", 1, int.MaxValue), unit.Integer("tetrode", 0, int.MaxValue), drive, unit.Text("class"),
                unit.Number("lag_ms", -MostLagMs, MostLagMs), unit.Number("rate_hz", 1e-6, MostRateHz), unit.Number("gain", 0, MostGain));
        })]);
    }

    private static string Name(PlannedDrive drive) => drive.ToString().ToLowerInvariant();
}
