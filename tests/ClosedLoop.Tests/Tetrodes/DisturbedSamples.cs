using ClosedLoop.Core;
using ClosedLoop.Tests.Electrophysiology;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Tests.Tetrodes;

/// <summary>
/// Planted tetrodes as a device would give them: numbered blocks that come when their last sample was taken, on a clock or
/// as fast as they are read, with blocks that are lost, a silence and a cable that is pulled where the test wants them.
/// </summary>
internal sealed class DisturbedSamples(PlantedTetrodes planted, SessionClock? clock = null) : ISampleSource
{
    /// <summary>Session time of sample 0, where the source goes by no clock.</summary>
    public const long BeganNs = 2_000_000_000;

    private readonly ManualResetEventSlim _done = new();
    private SessionTime? _began;
    private long _sequence;
    private long _beat;

    /// <summary>Blocks that the device loses.</summary>
    public HashSet<long> Lost { get; } = [];

    /// <summary>From when to when nothing comes, seconds of the source's time; what was sampled meanwhile comes after.</summary>
    public (double From, double To)? Silence { get; init; }

    /// <summary>When the cable is pulled, seconds.</summary>
    public double UnpluggedS { get; init; } = double.PositiveInfinity;

    /// <summary>Told of beats at 50 Hz of the source's time, where it goes by no clock; null: nobody is.</summary>
    public TetrodeStage? Beaten { get; set; }

    /// <summary>Whether reading waits for sorting.</summary>
    public bool IsPatient { get; init; }

    public IReadOnlyList<SampleChannel> Channels => planted.Channels;

    public double RateHz => planted.RateHz;

    public int BlockCapacity => planted.BlockCapacity;

    public string Description => "a headstage with a loose cable";

    public SampleLedger Ledger => planted.Ledger;

    /// <summary>Waits until all samples were given.</summary>
    public bool WaitForEnd() => _done.Wait(TimeSpan.FromMinutes(1));

    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        long at;
        do
        {
            if (cancellation.IsCancellationRequested || !planted.TryRead(block, cancellation))
            {
                _done.Set();
                return false;
            }
            at = block.Stamp.DeviceCounter;
        }
        while (Lost.Contains(at / BlockCapacity));
        var seconds = (at + block.SampleCount) / RateHz;
        if (seconds >= UnpluggedS)
            throw ClosedLoopException.Failed("the headstage was unplugged");
        if (clock is not null)
        {
            var due = Silence is { } silence && seconds > silence.From ? Math.Max(seconds, silence.To) : seconds;
            if (!clock.WaitUntil((_began ??= clock.Now) + SessionTime.FromSeconds(due).Nanoseconds, cancellation))
                return false;
        }
        while (IsPatient && Beaten!.Queues[0].Depth > 100 && !cancellation.IsCancellationRequested)
            Thread.Sleep(1);
        var arrived = clock?.Now ?? new SessionTime(BeganNs + (long)(seconds * 1e9));
        for (; clock is null && Beaten is not null && BeatTime(_beat) <= arrived; _beat++)
            Beaten.Beat(new(_beat, BeatTime(_beat), null));
        // A device that lost blocks did not number them.
        block.Describe(_sequence++, at, block.SampleCount, RateHz, block.MicrovoltsPerCount, arrived, arrived);
        return true;
    }

    public void Dispose() => _done.Dispose();

    private static SessionTime BeatTime(long beat) => new(BeganNs + 13_000_000 + (20_000_000 * beat));
}
