using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>
/// An animal whose truth is known: our own body at a planted size, with planted offsets, on a planted floor, that stands
/// on its paws and looks about, then walks about lifted off the floor with all its joints moving smoothly.
/// </summary>
internal sealed class PlantedAnimal : IDisposable
{
    public const double Scale = 0.93;
    public const double FloorM = 0.0125;
    public const double PeriodS = 0.02;
    public const int StandingFrames = 100;
    public const int Frames = 400;

    private static readonly Lazy<PlantedAnimal> Shared = new(() => new(seed: 5));
    private static readonly Lazy<AnimalFit> SharedFit = new(() =>
        AnimalFitter.Fit(Instance.Description, KeypointLayout.Rat23, Instance.Keypoints(), new() { Name = "planted" }));

    private PlantedAnimal(int seed)
    {
        var random = new Random(seed);
        Truth = Description.Compile(KeypointLayout.Rat23, Scale);
        for (var k = 0; k < KeypointLayout.Rat23.Count; k++)
            for (var i = 0; i < 3; i++)
                Truth.Offset(k)[i] += 0.003 * ((2 * random.NextDouble()) - 1);
        using var data = new MujocoData(Truth.Model);
        var standing = Settled(Truth, data);
        var (nq, hinges) = (Truth.Model.Nq, Truth.Model.Nq - 7);
        var names = Truth.Model.Names(ObjectType.Joint);
        var moving = MovingHinges(Truth);
        var (phase, rate, depth) = (new double[hinges], new double[hinges], new double[hinges]);
        for (var h = 0; h < hinges; h++)
            (phase[h], rate[h], depth[h]) = (6.28 * random.NextDouble(), 0.3 + (0.7 * random.NextDouble()), 0.5 + (0.5 * random.NextDouble()));
        for (var t = 0; t < Frames; t++)
        {
            var pose = (double[])standing.Clone();
            var walks = t >= StandingFrames;
            var (x, y, yaw) = walks ? (0.1 * Math.Sin(0.02 * (t - StandingFrames)), 0.2 + (0.001 * (t - StandingFrames)), 0.02 * (t - StandingFrames)) : (0, 0.2, 0.0);
            (pose[0], pose[1]) = (x, y);
            Compose(pose.AsSpan(3, 4), [Math.Cos(yaw / 2), 0, 0, Math.Sin(yaw / 2)]);
            if (walks)
                pose[2] += 0.05 + (0.03 * Math.Sin(0.1 * (t - StandingFrames)));
            for (var h = 0; h < hinges; h++)
            {
                var (lower, upper) = Truth.HingeRanges[6 + h];
                var head = names[1 + h].Contains("cervical", StringComparison.Ordinal) || names[1 + h].Contains("atlas", StringComparison.Ordinal);
                if (!moving.Contains(6 + h) || (!walks && !head) || !double.IsFinite(upper))
                    continue;
                var aim = lower + ((0.5 + (0.45 * depth[h] * Math.Sin((rate[h] * t * 0.12) + phase[h]))) * (upper - lower));
                pose[7 + h] = aim;
            }
            Poses.Add(pose);
            pose.CopyTo(data.Qpos.Span);
            data.Kinematics();
            Sites.Add([.. Truth.KeypointSites.SelectMany(site => data.SitePositions.Row(site).ToArray())]);
        }
    }

    public static PlantedAnimal Instance => Shared.Value;

    /// <summary>A fit to the noiseless keypoints.</summary>
    public static AnimalFit Fit => SharedFit.Value;

    public BodyDescription Description { get; } = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });

    public BodyModel Truth { get; }

    /// <summary>True poses, the floor being at height 0.</summary>
    public List<double[]> Poses { get; } = [];

    /// <summary>True keypoints, the floor being at height 0.</summary>
    public List<double[]> Sites { get; } = [];

    /// <summary>The animal file that the truth would have.</summary>
    public AnimalFile TrueAnimal => new()
    {
        Name = "truth",
        BodyName = Description.Name,
        BodySha256 = AnimalFile.HashOf(Description),
        Scale = Scale,
        FloorHeightM = FloorM,
        Offsets = [.. KeypointLayout.Rat23.Names.Select((name, k) => new KeypointOffset(name, Truth.Offset(k)[0], Truth.Offset(k)[1], Truth.Offset(k)[2]))],
        Segments = [new("HipL", "KneeL", 0.03, 0.001)],
        Statistics = new(500, 100, 0.1, 0.2, double.NaN, 0.4, [new("Snout", 0.1, 0.2)]),
        SourceFile = "nowhere.nwb",
        Samples = 100,
        Seed = 1,
    };

    /// <summary>One frame as a camera rig would give it: on the planted floor, with noise of the given deviation.</summary>
    public Keypoints Keypoints(int frame, double noiseM = 0, Random? random = null)
    {
        var keypoints = new Keypoints(KeypointLayout.Rat23);
        for (var i = 0; i < keypoints.Positions.Length; i++)
            keypoints.Positions[i] = Sites[frame][i] + (i % 3 == 2 ? FloorM : 0) + (noiseM > 0 ? noiseM * Gaussian(random!) : 0);
        Array.Fill(keypoints.Confidence, 1f);
        var time = SessionTime.FromSeconds(frame * PeriodS);
        keypoints.Stamp = new(frame, 1000 + frame, time.Nanoseconds, time, time);
        return keypoints;
    }

    /// <summary>All frames.</summary>
    public List<Keypoints> Keypoints(double noiseM = 0, int seed = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Poses.Count).Select(t => Keypoints(t, noiseM, random))];
    }

    public static ControlTick Tick(long index, Keypoints? keypoints) => new(index, SessionTime.FromSeconds(index * PeriodS), keypoints);

    /// <summary>Distance of each keypoint of a pose from the truth, metres.</summary>
    public double[] SiteErrors(Pose pose, int frame) =>
        [.. Enumerable.Range(0, KeypointLayout.Rat23.Count).Select(k =>
            Math.Sqrt(Enumerable.Range(3 * k, 3).Sum(i => Math.Pow(pose.SitePositions[i] - Sites[frame][i], 2))))];

    public void Dispose() => Truth.Dispose();

    public static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Degrees of freedom that move a keypoint.</summary>
    public static HashSet<int> MovingHinges(BodyModel body) => [.. new KinematicTree(body).ModelDof];

    /// <summary>Height of each paw's lowest point in a pose, metres.</summary>
    public static double[] PawHeights(BodyModel body, double[] pose)
    {
        var contacts = new PawContacts(new(body));
        contacts.Update(pose);
        return [.. Enumerable.Range(0, contacts.Paws.Length).Select(contacts.PawHeight)];
    }

    /// <summary>The stance into which the body sinks on the floor, so that its paws are where physics puts them.</summary>
    private static double[] Settled(BodyModel body, MujocoData data)
    {
        var pose = RodentBody.StandingPose(Scale);
        pose[2] += 0.01;
        pose.CopyTo(data.Qpos.Span);
        RodentBody.ControlsFor(pose).CopyTo(data.Ctrl.Span);
        RodentBody.ControlsFor(pose).CopyTo(data.Act.Span);
        data.Step(1000);
        var settled = data.Qpos.Span.ToArray();
        for (var d = 6; d < body.Model.Nv; d++)
            settled[d + 1] = Math.Clamp(settled[d + 1], body.HingeRanges[d].Lower, body.HingeRanges[d].Upper);
        // A settled paw is a little inside the floor: here it stands exactly on it.
        var heights = PawHeights(body, settled);
        settled[2] -= heights.Average();
        return settled;
    }

    private static void Compose(Span<double> q, ReadOnlySpan<double> before)
    {
        var (a, b, c, d) = (before[0], before[1], before[2], before[3]);
        var (w, x, y, z) = (q[0], q[1], q[2], q[3]);
        (q[0], q[1], q[2], q[3]) = (
            (a * w) - (b * x) - (c * y) - (d * z), (a * x) + (b * w) + (c * z) - (d * y),
            (a * y) - (b * z) + (c * w) + (d * x), (a * z) + (b * y) - (c * x) + (d * w));
    }
}
