using System.Security.Cryptography;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>
/// What a session adds up while it runs, in fixed memory: errors, flags, latencies, and the digest by which two runs are
/// compared. One thread writes; others may read a number that is one frame old.
/// </summary>
public sealed class SessionStatistics : IDisposable
{
    /// <summary>Frames that warm up code and caches before allocations are counted.</summary>
    private const int WarmUpFrames = 100;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SessionClock _clock;
    private readonly long[] _flagCounts = new long[32];
    private long _allocatedAtWarm;

    /// <summary>Begins with nothing.</summary>
    public SessionStatistics(SessionClock clock) => _clock = clock;

    /// <summary>When the last frame ended; zero before the first.</summary>
    public SessionTime LastFrameEnd { get; private set; }

    /// <summary>Control ticks so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Mean distance between keypoints and sites, per pose.</summary>
    public DistanceHistogram MarkerError { get; } = new();

    /// <summary>Mean distance between the virtual rodent's sites and the reference's, per control step.</summary>
    public DistanceHistogram TotalError { get; } = new();

    /// <summary>Distance between the virtual rodent's root and the reference's, per control step.</summary>
    public DistanceHistogram RootError { get; } = new();

    /// <summary>From the arrival of a keypoint set to the end of the control step that it led to.</summary>
    public LatencyHistogram KeypointToAction { get; } = new("keypoint_to_action");

    /// <summary>From the capture of a keypoint set to the end of the control step that it led to.</summary>
    public LatencyHistogram CaptureToAction { get; } = new("capture_to_action");

    /// <summary>How many poses carried each flag.</summary>
    public IReadOnlyDictionary<PoseFlags, long> PoseFlagCounts => Enum.GetValues<PoseFlags>()
        .Where(flag => flag != PoseFlags.None)
        .ToDictionary(flag => flag, flag => _flagCounts[System.Numerics.BitOperations.Log2((uint)flag)]);

    /// <summary>Bytes that the control thread allocated per frame after warming up; NaN before.</summary>
    public double AllocatedBytesPerFrame { get; private set; } = double.NaN;

    /// <summary>Takes in a pose, on the control thread.</summary>
    public void Observe(Pose pose)
    {
        Frames++;
        MarkerError.Record(pose.MeanMarkerErrorM);
        var flags = (uint)pose.Flags;
        for (var bit = 0; flags != 0; bit++, flags >>= 1)
            _flagCounts[bit] += flags & 1;
        Add(pose.Stamp.Sequence);
        Add(pose.KeypointsSequence);
        Add((long)pose.Flags);
        Add(pose.Qpos);
        Add(pose.Qvel);
    }

    /// <summary>Takes in a control step and the tick it belongs to, on the control thread.</summary>
    public void Observe(ControlStep step, in ControlTick tick)
    {
        TotalError.Record(step.TotalErrorM);
        RootError.Record(step.RootErrorM);
        if (tick.Keypoints is { } keypoints)
        {
            var now = _clock.Now;
            KeypointToAction.Record(now - keypoints.Stamp.Produced);
            CaptureToAction.Record(now - keypoints.Stamp.Captured);
        }
        Add(step.Stamp.Sequence);
        Add(step.ReferenceSequence);
        Add((long)step.Flags);
        Add(step.Action);
        Add(MemoryMarshal.AsBytes(step.Activations.AsSpan()));
        Add(step.Qpos);
        Add(step.Qvel);
    }

    /// <summary>Marks the end of a frame, after everything that belongs to it was done, on the control thread.</summary>
    public void EndFrame()
    {
        LastFrameEnd = _clock.Now;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (Frames <= WarmUpFrames)
            _allocatedAtWarm = allocated;
        else
            AllocatedBytesPerFrame = (allocated - _allocatedAtWarm) / (double)(Frames - WarmUpFrames);
    }

    /// <summary>The SHA-256 over the pose and control streams so far, times left out, as hexadecimal digits.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Add(long value) => Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

    private void Add(double[] values) => Add(MemoryMarshal.AsBytes(values.AsSpan()));

    private void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);
}
