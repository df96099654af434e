using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// A plan at work: takes the features of one frame after the other, and says how fast each neuron fires by them. What comes
/// out depends on the plan and the frames alone. Features are standardised by all frames so far, and so is each projection;
/// a neuron's mean rate stays what is planned. Allocates nothing per frame. One thread takes, any may ask.
/// </summary>
public sealed class PlannedDrives
{
    // A rate swings for as long as little is known of the features' scale: not before this many frames.
    private const int LeastFrames = 100;

    // Standard deviations beyond which a projection drives no further: one leap must not make a neuron fire without end.
    private const double MostDeviations = 3;

    // Frames that can be asked for: the lags either way, and what the data path takes.
    private const int Kept = 512;

    private readonly Lock _gate = new();
    private readonly Running[] _features;
    private readonly (int Class, int Start, double[] Weights)[] _directions;
    private readonly Running[] _projections, _factors;
    private readonly double[,] _logs;
    private readonly bool[] _used;
    private readonly (int Start, int Size)[] _places;
    private long _seen;

    /// <summary>Puts a plan to work.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="classes">Name and number of features of each class, in the order in which they stand in a frame.</param>
    /// <exception cref="ClosedLoopException">The plan names a class that is not there.</exception>
    public PlannedDrives(PlantedPlan plan, IReadOnlyList<(string Name, int Size)> classes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(classes);
        Plan = plan;
        FrameSize = classes.Sum(of => of.Size);
        _places = new (int, int)[classes.Count];
        for (var (c, start) = (0, 0); c < classes.Count; start += classes[c++].Size)
            _places[c] = (start, classes[c].Size);
        _features = [.. Enumerable.Range(0, FrameSize).Select(_ => new Running())];
        _projections = [.. plan.Units.Select(_ => new Running())];
        _factors = [.. plan.Units.Select(_ => new Running())];
        _logs = new double[Kept, plan.Units.Count];
        _used = new bool[classes.Count];
        _directions = [.. plan.Units.Select(unit =>
        {
            if (unit.Drive == PlannedDrive.None)
                return (-1, 0, Array.Empty<double>());
            var index = classes.Select(of => of.Name).ToList().IndexOf(unit.Class);
            if (index < 0)
                throw ClosedLoopException.Usage($"the plan has unit {unit.Unit} follow the features '{unit.Class}'{Spelling.Suggest(unit.Class, classes.Select(of => of.Name))}, and there are {string.Join(", ", classes.Select(of => of.Name))}");
            _used[index] = true;
            var random = new RandomStream(plan.Seed, $"direction of unit {unit.Unit}");
            return (index, _places[index].Start, Enumerable.Range(0, classes[index].Size).Select(_ => random.Normal()).ToArray());
        })];
    }

    /// <summary>The plan.</summary>
    public PlantedPlan Plan { get; }

    /// <summary>Numbers of a frame.</summary>
    public int FrameSize { get; }

    /// <summary>The newest frame; -1 before the first.</summary>
    public long NewestFrame { get; private set; } = -1;

    /// <summary>Session time at which the newest frame's pose was captured.</summary>
    public SessionTime NewestCaptured { get; private set; }

    /// <summary>Takes the next frame. One that is passed over is as the one before it.</summary>
    /// <param name="frame">Its number, from 0.</param>
    /// <param name="captured">When its pose was captured.</param>
    /// <param name="features">Class by class; what is not finite is taken for what it is on average.</param>
    public void Take(long frame, SessionTime captured, ReadOnlySpan<float> features)
    {
        if (features.Length != FrameSize)
            throw new ArgumentException($"a frame of {FrameSize} features is needed, and there are {features.Length}", nameof(features));
        for (var c = 0; c < _places.Length; c++)
            if (_used[c])
                for (var j = _places[c].Start; j < _places[c].Start + _places[c].Size; j++)
                    if (float.IsFinite(features[j]))
                        _features[j].Add(features[j]);
        _seen++;
        lock (_gate)
        {
            for (var f = Math.Max(NewestFrame + 1, frame - Kept + 1); f <= frame; f++)
                for (var unit = 0; unit < _directions.Length; unit++)
                    _logs[f % Kept, unit] = f < frame && NewestFrame >= 0 ? _logs[NewestFrame % Kept, unit] : 0;
            for (var unit = 0; unit < _directions.Length; unit++)
                if (_directions[unit].Class >= 0)
                    _logs[frame % Kept, unit] = LogFactor(unit, features);
            (NewestFrame, NewestCaptured) = (frame, captured);
        }
    }

    /// <summary>The rates at one frame, each neuron's lag being counted.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="ratesHz">Receives spikes per second, in the plan's order.</param>
    /// <returns>How many neurons' features had not come yet, or were too old, so that the nearest took their place.</returns>
    public int Rates(long frame, Span<double> ratesHz) => Rates(frame, 0, ratesHz);

    /// <summary>The rates at a session time, each neuron's lag being counted.</summary>
    /// <param name="time">The time.</param>
    /// <param name="ratesHz">Receives spikes per second, in the plan's order.</param>
    /// <returns>How many neurons' features had not come yet, or were too old, so that the nearest took their place.</returns>
    public int Rates(SessionTime time, Span<double> ratesHz)
    {
        lock (_gate)
            return Rates(NewestFrame, (time - NewestCaptured) / 1e6, ratesHz);
    }

    private int Rates(long frame, double afterMs, Span<double> ratesHz)
    {
        var missing = 0;
        lock (_gate)
            for (var unit = 0; unit < _directions.Length; unit++)
            {
                var planned = Plan.Units[unit];
                ratesHz[unit] = planned.RateHz;
                if (_directions[unit].Class < 0)
                    continue;
                var wanted = frame + (long)Math.Round((afterMs - planned.LagMs) / Plan.FrameMs);
                if (NewestFrame < 0 || wanted < 0)
                    continue;
                var at = Math.Clamp(wanted, Math.Max(0, NewestFrame - Kept + 1), NewestFrame);
                missing += at == wanted ? 0 : 1;
                ratesHz[unit] *= Math.Exp(_logs[at % Kept, unit]);
            }
        return missing;
    }

    /// <summary>The logarithm of what the features make of a neuron's mean rate.</summary>
    private double LogFactor(int unit, ReadOnlySpan<float> features)
    {
        var (_, start, weights) = _directions[unit];
        var sum = 0.0;
        for (var j = 0; j < weights.Length; j++)
            if (_features[start + j].Deviation is var deviation && deviation > 0 && float.IsFinite(features[start + j]))
                sum += weights[j] * (features[start + j] - _features[start + j].Mean) / deviation;
        _projections[unit].Add(sum);
        var spread = _projections[unit].Deviation;
        if (_seen < LeastFrames || !(spread > 0))
            return 0;
        var drive = Plan.Units[unit].Gain * Math.Clamp((sum - _projections[unit].Mean) / spread, -MostDeviations, MostDeviations);
        // The mean of the exponential is taken off, whatever the projection's distribution.
        _factors[unit].Add(Math.Exp(drive));
        return drive - Math.Log(_factors[unit].Mean);
    }

    /// <summary>Mean and standard deviation of all that came (Welford).</summary>
    private sealed class Running
    {
        private double _squares;
        private long _count;

        public double Mean { get; private set; }

        public double Deviation => _count > 1 ? Math.Sqrt(_squares / _count) : 0;

        public void Add(double value)
        {
            _count++;
            var before = value - Mean;
            Mean += before / _count;
            _squares += before * (value - Mean);
        }
    }
}
