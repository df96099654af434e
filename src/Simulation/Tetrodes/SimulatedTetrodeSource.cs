using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Tetrodes in a simulated brain, with the truth told as it is planted. With a clock blocks come at real time; without one
/// as fast as they are read, with the times at which they would have come. What is delivered depends on the seeds and
/// plans alone, never on the pace or the size of the blocks. Allocates nothing while it reads; runs for hours.
/// </summary>
public sealed class SimulatedTetrodeSource : ISampleSource
{
    private readonly SimulatedTetrodeOptions _tetrodes;
    private readonly SampleDeliveryOptions _delivery;
    private readonly TetrodeSignal _signal;
    private readonly SessionClock? _clock;
    private readonly RandomStream _gaps, _delays;
    private readonly long _end;
    private SessionTime? _began;
    private long _at, _made, _gapAt = long.MaxValue, _blocks, _dueNs;

    /// <summary>Plants the neurons; the first sample is taken at the first read.</summary>
    /// <param name="tetrodes">What is planted, and what disturbs it.</param>
    /// <param name="delivery">How the samples are handed over.</param>
    /// <param name="clock">The session's clock for real time; null: as fast as read.</param>
    /// <param name="rates">How fast the neurons fire; null: a plan by behaviour.</param>
    /// <param name="activity">What the animal does; null: a life of its own.</param>
    /// <param name="truth">Told of every spike; null: nobody is.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public SimulatedTetrodeSource(
        SimulatedTetrodeOptions? tetrodes = null, SampleDeliveryOptions? delivery = null, SessionClock? clock = null,
        IRatePlan? rates = null, IActivityPlan? activity = null, IPlantedSpikeSink? truth = null)
    {
        (_tetrodes, _delivery, _clock) = (tetrodes ?? new(), delivery ?? new(), clock);
        _delivery.Check();
        _signal = new(_tetrodes, rates, activity, truth, _delivery.FirstSample);
        (_gaps, _delays) = (new(_tetrodes.Seed, "gaps"), new(_tetrodes.Seed, "delays of blocks"));
        _end = _delivery.DurationS is { } seconds ? (long)Math.Round(seconds * RateHz) : long.MaxValue;
        Channels = [.. Enumerable.Range(0, _tetrodes.Channels).Select(channel => new SampleChannel(
            string.Create(CultureInfo.InvariantCulture, $"T{(channel / SimulatedTetrodeOptions.Wires) + 1}.{(channel % SimulatedTetrodeOptions.Wires) + 1}"), _tetrodes.MicrovoltsPerCount, "uV"))];
        Tetrodes = [.. Enumerable.Range(0, _tetrodes.Tetrodes).Select(tetrode => (IReadOnlyList<int>)[.. Enumerable.Range(SimulatedTetrodeOptions.Wires * tetrode, SimulatedTetrodeOptions.Wires)])];
        PlanGap();
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <summary>The channels of each tetrode.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tetrodes { get; }

    /// <summary>The neurons that a source of these options plants, before there is one: who plans their rates has to know them.</summary>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public static IReadOnlyList<SimulatedUnit> NeuronsOf(SimulatedTetrodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return UnitPlacement.Place(options);
    }

    /// <summary>The planted neurons, tetrode by tetrode.</summary>
    public IReadOnlyList<SimulatedUnit> Units => _signal.Units;

    /// <inheritdoc/>
    public double RateHz => _tetrodes.RateHz;

    /// <inheritdoc/>
    public int BlockCapacity => _delivery.BlockSamples;

    /// <inheritdoc/>
    public string Description => $"{_tetrodes.Tetrodes} simulated tetrodes beside {Units.Count} neurons (seed {_tetrodes.Seed})";

    /// <inheritdoc/>
    public SampleLedger Ledger { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        block.Require(Channels.Count, BlockCapacity);
        if (_at == _gapAt)
        {
            // The device went on, and nobody has its samples.
            _at += 1 + (long)(_gaps.Uniform() * ((2 * _delivery.GapSamples) - 1));
            PlanGap();
        }
        var count = (int)Math.Min(Math.Min(BlockCapacity, _end - _at), _gapAt - _at);
        if (count <= 0 || cancellation.IsCancellationRequested)
            return false;
        // NB: before the first sample is made, for rates that follow the session count its time from there.
        if (_clock is not null)
            _began ??= _clock.Now;
        Take(count, block.Samples);
        var first = _delivery.FirstSample + _at;
        _at += count;
        if (!Wait(cancellation, out var now))
            return false;
        Ledger.Enter(first, count, now);
        block.Describe(_blocks++, first, count, RateHz, _tetrodes.MicrovoltsPerCount, now, now);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Planted truth: when a sample was taken, session time; only once one has been read at real time.</summary>
    /// <param name="sample">The device's number of the sample.</param>
    public SessionTime TimeOf(long sample) => (_began ?? SessionTime.Zero) + (long)((sample - _delivery.FirstSample) / RateHz / (1 + (_delivery.ClockDriftPpm * 1e-6)) * SessionTime.NanosecondsPerSecond);

    /// <summary>Copies samples from the present place on, making those that are not there yet.</summary>
    private void Take(int count, Span<short> samples)
    {
        for (var taken = 0; taken < count;)
        {
            while (_made <= _at + taken)
            {
                _signal.Next();
                _made += _signal.SampleCount;
            }
            var first = (int)(_at + taken - (_made - _signal.SampleCount));
            var some = Math.Min(count - taken, _signal.SampleCount - first);
            _signal.Copy(first, some, samples[(taken * Channels.Count)..]);
            taken += some;
        }
    }

    /// <summary>Waits until the block would have come.</summary>
    private bool Wait(CancellationToken cancellation, out SessionTime now)
    {
        var takenNs = _at / RateHz / (1 + (_delivery.ClockDriftPpm * 1e-6)) * SessionTime.NanosecondsPerSecond;
        // NB: what was sampled later does not come earlier.
        _dueNs = Math.Max(_dueNs, (long)(takenNs + (_delivery.JitterMs * 1e6 * _delays.Uniform())));
        if (_clock is null)
        {
            now = SessionTime.Zero + _dueNs;
            return true;
        }
        var came = _clock.SleepUntil(_began!.Value + _dueNs, cancellation);
        now = _clock.Now;
        return came;
    }

    /// <summary>Where the next gap begins, gaps being independent of each other.</summary>
    private void PlanGap()
    {
        if (_delivery.GapsPerMinute > 0)
            _gapAt = _at + 1 + (long)(-Math.Log(1 - _gaps.Uniform()) * 60 * RateHz / _delivery.GapsPerMinute);
    }
}
