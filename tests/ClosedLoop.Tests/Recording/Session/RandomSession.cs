using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>A session of random records with all the numbers that are hard to keep: NaN, infinities, denormals, -0.</summary>
internal sealed class RandomSession
{
    private readonly Random _random;

    /// <summary>A session of the rodent's sizes, or of the smallest body that has everything.</summary>
    public RandomSession(int ticks, bool small = false)
    {
        _random = new(11);
        Layout = small
            ? new(new(["Nose"], []), 50, 7, 6, 1, ActivationLayout.Empty)
            : new(KeypointLayout.Rat23, 50, 74, 73, 38, new([("latent_mean", 60), ("decoder:1", 17)]));
        for (var i = 0; i < ticks; i++)
            Add(i);
    }

    public RecordingLayout Layout { get; }

    public List<Keypoints> Keypoints { get; } = [];

    public List<Pose> Poses { get; } = [];

    public List<ControlStep> Steps { get; } = [];

    public List<ControlTick> Ticks { get; } = [];

    public RecordingContent Content => new()
    {
        Layout = Layout,
        Metadata = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["configuration"] = new Dictionary<string, string> { ["rig.yaml"] = "name: test\nµ: ü\n", ["empty"] = "" },
            ["versions"] = new Dictionary<string, string> { ["git_commit"] = "0123abc" },
        },
        Attachments = [new("body.xml", "application/xml", "<mujoco/>"u8.ToArray()), new("empty", "application/octet-stream", [])],
    };

    /// <summary>Hands everything to the recorder in the order in which a session would.</summary>
    public void WriteTo(SessionRecorder recorder, int from = 0, int? to = null)
    {
        for (var i = from; i < (to ?? Ticks.Count); i++)
        {
            if (Ticks[i].Keypoints is { } keypoints)
                recorder.Write(keypoints);
            recorder.Write(Ticks[i]);
            recorder.Write(Poses[i]);
            recorder.Write(Steps[i]);
            if (i % 10 == 0)
                recorder.WriteTelemetry(Ticks[i].Time, System.Text.Encoding.UTF8.GetBytes($"{{\"tick\":{i}}}"));
        }
    }

    private void Add(int tick)
    {
        var time = new SessionTime(20_000_000L * tick);
        Keypoints? keypoints = null;
        if (tick % 7 != 3)
        {
            keypoints = Layout.NewKeypoints();
            Fill(keypoints.Positions);
            Fill(keypoints.Confidence);
            keypoints.Stamp = Stamp(Keypoints.Count, time);
            keypoints.FrameSetSequence = Long();
            Keypoints.Add(keypoints);
        }
        Ticks.Add(new(tick, time, keypoints));
        var pose = Layout.NewPose();
        Fill(pose.Qpos);
        Fill(pose.Qvel);
        Fill(pose.SitePositions);
        pose.Stamp = Stamp(tick, time + 300_000);
        pose.KeypointsSequence = keypoints?.Stamp.Sequence ?? RecordStamp.None;
        pose.Flags = (PoseFlags)_random.Next(512);
        pose.MeanMarkerErrorM = Number();
        pose.KeypointsUsed = _random.Next(24);
        pose.Iterations = _random.Next(int.MaxValue);
        Poses.Add(pose);
        var step = Layout.NewControlStep();
        Fill(step.Action);
        Fill(step.Activations);
        Fill(step.Qpos);
        Fill(step.Qvel);
        Fill(step.SitePositions);
        step.Stamp = Stamp(tick, time + 800_000);
        step.ReferenceSequence = Long();
        step.ReferenceMode = (ReferenceMode)_random.Next(2);
        step.Flags = (ControlFlags)_random.Next(64);
        step.TotalErrorM = Number();
        step.RootErrorM = Number();
        Steps.Add(step);
    }

    private RecordStamp Stamp(long sequence, SessionTime time) => new(sequence, Long(), Long(), time, time + _random.Next(1_000_000));

    private long Long() => _random.Next(4) == 0 ? -1 : _random.NextInt64(long.MinValue, long.MaxValue);

    private void Fill(double[] values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = Number();
    }

    private void Fill(float[] values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = _random.Next(8) == 0 ? (float)Number() : BitConverter.Int32BitsToSingle(_random.Next());
    }

    private double Number() => _random.Next(12) switch
    {
        0 => double.NaN,
        1 => double.Epsilon,
        2 => -0.0,
        3 => double.NegativeInfinity,
        4 => double.MaxValue,
        5 => BitConverter.Int64BitsToDouble(_random.NextInt64()),
        _ => (2 * _random.NextDouble()) - 1,
    };
}
