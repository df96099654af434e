using System.Reactive.Subjects;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// Planted neurons beside a simulated animal's session that is not live: their spikes and counts follow the session's own poses
/// and control steps by a plan, and are told as the tetrodes of a live session tell theirs, without samples and without
/// sorting. Each bin is centred on the capture of its pose. One thread.
/// </summary>
public sealed class PlantedNeurons : IDisposable
{
    // What comes first follows what the animal does afterwards: so many frames have to be known before a bin is filled.
    private readonly int _ahead;
    private readonly FeatureRows _features;
    private readonly PlannedTrains _trains;
    private readonly PlannedDrives _drives;
    private readonly double[] _ratesHz;
    private readonly (int Neuron, double TimeS)[] _fired;
    private readonly SpikeBatch _batch;
    private readonly SpikeCounts _counts;
    private readonly double _periodS, _sampleHz;
    private readonly Subject<SpikeBatch> _spikes = new();
    private readonly Subject<SpikeCounts> _bins = new();
    private long _filled, _spikesSoFar;

    /// <summary>Plants neurons.</summary>
    /// <param name="features">The features of the session.</param>
    /// <param name="options">What they follow.</param>
    /// <param name="neurons">How many there are.</param>
    public PlantedNeurons(FeatureLayout features, PlantedPlanOptions options, int neurons)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(options);
        _periodS = 1 / features.RateHz;
        _trains = new(options.Seed, neurons);
        Plan = PlantedPlan.Draw(options, 1000 * _periodS, _trains.Neurons);
        _drives = new(Plan, [.. features.Groups.Select(group => (group.Name, group.Count))]);
        _ahead = (int)Math.Ceiling(-Math.Min(0, Plan.Units.Min(unit => unit.LagMs)) / Plan.FrameMs);
        _features = new(features, Take);
        Layout = LayoutOf(neurons);
        _sampleHz = Layout.RateHz;
        (_ratesHz, _fired) = (new double[neurons], new (int, double)[Layout.SpikeCapacity]);
        (_batch, _counts) = (Layout.NewSpikeBatch(), Layout.NewSpikeCounts());
    }

    /// <summary>What they follow.</summary>
    public PlantedPlan Plan { get; }

    /// <summary>Sizes and names of what is recorded of them.</summary>
    public TetrodeLayout Layout { get; }

    /// <summary>Spikes, those of a bin together. Lent.</summary>
    public IObservable<SpikeBatch> Spikes => _spikes;

    /// <summary>The counts of each bin. Lent.</summary>
    public IObservable<SpikeCounts> Counts => _bins;

    /// <summary>Spikes so far.</summary>
    public long SpikesSoFar => _spikesSoFar;

    /// <summary>The neurons as sorted units, which they are without having been sorted.</summary>
    public IEnumerable<SortedUnit> Units(SessionTime now) => Plan.Units.Select((unit, i) => new SortedUnit
    {
        Time = now,
        Index = i,
        Tetrode = unit.Tetrode,
        Unit = NumberOf(i),
        State = "planted",
        RateHz = unit.RateHz,
        IsolationDistance = double.NaN,
    });

    /// <summary>Takes the pose and the control step of a beat.</summary>
    public void Take(Pose pose, ControlStep step) => _features.Process(pose, step);

    /// <summary>Fills the bins that are left.</summary>
    public void Finish()
    {
        _features.Finish();
        for (; _filled <= _drives.NewestFrame; _filled++)
            Fill(_filled);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spikes.Dispose();
        _bins.Dispose();
    }

    /// <summary>Session time at which the bin of a frame ends: half a bin after its pose was captured.</summary>
    public static SessionTime EndOf(long frame, double periodS) => SessionTime.FromSeconds((frame + 0.5) * periodS);

    private static int NumberOf(int neuron) => (neuron % PlannedTrains.PerTetrode) + 1;

    private static TetrodeLayout LayoutOf(int neurons)
    {
        var tetrodes = (neurons + PlannedTrains.PerTetrode - 1) / PlannedTrains.PerTetrode;
        return new(
            [.. Enumerable.Range(0, 4 * tetrodes).Select(channel => new SampleChannel($"T{(channel / 4) + 1}.{(channel % 4) + 1}", 0.195, "uV"))], 30_000, 128,
            [.. Enumerable.Range(0, tetrodes).Select(tetrode => (IReadOnlyList<int>)[.. Enumerable.Range(4 * tetrode, 4)])], Math.Max(512, 8 * neurons), neurons);
    }

    private void Take(FeatureRow row)
    {
        // NB: a simulated animal's frames are numbered by its beats, and captured one period after the other.
        _drives.Take(row.Bin, SessionTime.FromSeconds(row.Bin * _periodS), row.Values);
        for (; _filled + _ahead <= row.Bin; _filled++)
            Fill(_filled);
    }

    private void Fill(long frame)
    {
        _drives.Rates(frame, _ratesHz);
        var end = EndOf(frame, _periodS);
        var (fromS, untilS) = ((frame - 0.5) * _periodS, (frame + 0.5) * _periodS);
        var fired = _fired.AsSpan(0, _trains.Next(fromS, untilS, _ratesHz, _fired));
        Array.Clear(_counts.Counts);
        _batch.Count = fired.Length;
        for (var i = 0; i < fired.Length; i++)
        {
            var (neuron, at) = fired[i];
            _counts.Counts[neuron]++;
            (_batch.Tetrodes[i], _batch.Units[i]) = (Plan.Units[neuron].Tetrode, NumberOf(neuron));
            (_batch.Samples[i], _batch.TimesNs[i]) = (at * _sampleHz, SessionTime.FromSeconds(at).Nanoseconds);
            (_batch.AmplitudesMicrovolts[i], _batch.Flags[i]) = (float.NaN, 0);
        }
        _spikesSoFar += fired.Length;
        var sample = (long)(untilS * _sampleHz);
        _counts.UnitCount = _counts.Counts.Length;
        (_counts.Start, _counts.WidthNs) = (end + -SessionTime.FromSeconds(_periodS).Nanoseconds, SessionTime.FromSeconds(_periodS).Nanoseconds);
        _counts.Stamp = new(frame, sample, RecordStamp.None, _counts.Start, end);
        _batch.Stamp = _counts.Stamp;
        if (fired.Length > 0)
            _spikes.OnNext(_batch);
        _bins.OnNext(_counts);
    }
}
