using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class AnimalFitterTests
{
    [Fact]
    public void Size_and_floor_of_a_planted_animal_are_found()
    {
        var animal = PlantedAnimal.Fit.Animal;
        Assert.Equal(PlantedAnimal.Scale, animal.Scale, 0.01 * PlantedAnimal.Scale);
        Assert.Equal(PlantedAnimal.FloorM, animal.FloorHeightM, 1e-3);
        Assert.InRange(animal.Statistics.UnusedMeanMm, 0, 0.3);
        Assert.Equal(100, animal.Statistics.FramesUsed);
        Assert.Equal(PlantedAnimal.Frames, animal.Statistics.FramesGiven);
    }

    [Fact]
    public void Offsets_of_a_planted_animal_are_found_as_far_as_motion_shows_them()
    {
        // NB: not all of an offset can be seen. Where one marker alone sits beyond a hinge (paws), a shift about the hinge
        // and a bias of its angle are the same; such a part stays near the original offset. The rest must be right.
        var planted = PlantedAnimal.Instance;
        var layout = KeypointLayout.Rat23;
        var errors = PlantedAnimal.Fit.Animal.Offsets.Select((o, k) => Distance([o.X, o.Y, o.Z], planted.Truth.Offset(k))).ToArray();
        Assert.InRange(errors.Average(), 0, 2e-3);
        foreach (var name in new[] { "EarL", "TailBase", "HipL", "HipR", "KneeL", "KneeR", "ShoulderL", "ShoulderR" })
            Assert.InRange(errors[layout.IndexOf(name)], 0, 2e-3);
    }

    [Fact]
    public void The_skeleton_registered_with_a_fitted_animal_lies_where_the_true_one_lies()
    {
        var planted = PlantedAnimal.Instance;
        var animal = PlantedAnimal.Fit.Animal;
        using var body = animal.Apply(planted.Description, KeypointLayout.Rat23);
        using var registrar = new Registrar(body, animal, new(), PlantedAnimal.PeriodS);
        using var truth = new MujocoData(planted.Truth.Model);
        using var registered = new MujocoData(body.Model);
        var sums = new Dictionary<string, double> { ["torso"] = 0, ["pelvis"] = 0, ["skull"] = 0, ["foot_L"] = 0, ["foot_R"] = 0, ["hand_L"] = 0, ["hand_R"] = 0 };
        for (var t = 0; t < PlantedAnimal.Frames; t++)
        {
            registrar.Process(PlantedAnimal.Tick(t, planted.Keypoints(t))).Qpos.CopyTo(registered.Qpos.Span);
            planted.Poses[t].CopyTo(truth.Qpos.Span);
            truth.Kinematics();
            registered.Kinematics();
            foreach (var name in sums.Keys)
            {
                var id = body.Model.Id(ObjectType.Body, name);
                sums[name] += Distance(truth.BodyPositions.Row(id), registered.BodyPositions.Row(id)) / PlantedAnimal.Frames;
            }
        }
        Assert.InRange(sums["torso"], 0, 1.5e-3);
        Assert.InRange(sums["pelvis"], 0, 1.5e-3);
        Assert.All(sums, body => Assert.InRange(body.Value, 0, 3.5e-3));
    }

    [Fact]
    public void A_standing_animal_is_registered_with_its_soles_on_the_floor()
    {
        var planted = PlantedAnimal.Instance;
        var animal = PlantedAnimal.Fit.Animal;
        using var body = animal.Apply(planted.Description, KeypointLayout.Rat23);
        using var registrar = new Registrar(body, animal, new(), PlantedAnimal.PeriodS);
        for (var t = 0; t < PlantedAnimal.StandingFrames; t++)
        {
            var pose = registrar.Process(PlantedAnimal.Tick(t, planted.Keypoints(t)));
            Assert.All(PlantedAnimal.PawHeights(body, pose.Qpos), height => Assert.InRange(height, -1e-3, 1e-3));
        }
    }

    [Fact]
    public void Without_a_paw_that_stands_the_floor_is_taken_at_0_and_that_is_said()
    {
        var planted = PlantedAnimal.Instance;
        var frames = planted.Keypoints();
        foreach (var frame in frames)
            foreach (var name in new[] { "FootL", "FootR", "HandL", "HandR" })
                frame.Position(KeypointLayout.Rat23.IndexOf(name)).Fill(double.NaN);
        var fit = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, new() { Samples = 20, Rounds = 2 });
        Assert.Equal(0, fit.Animal.FloorHeightM);
        Assert.Contains(fit.Notes, note => note.Contains("no paw was ever seen to stand", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shift_that_both_sides_share_is_symmetric_and_one_of_a_single_side_is_not()
    {
        var body = PlantedAnimal.Instance.Truth;
        var tree = new KinematicTree(body);
        var symmetry = new OffsetSymmetry(tree, new PoseSolver(body).RestPose);
        int Site(string name) => Array.IndexOf(tree.Keypoint, KeypointLayout.Rat23.IndexOf(name));
        var shift = new double[3 * tree.SiteCount];
        void Set(string name, double x, double y, double z) => (shift[3 * Site(name)], shift[(3 * Site(name)) + 1], shift[(3 * Site(name)) + 2]) = (x, y, z);
        Set("KneeL", 0.001, 0.002, 0.003);
        Set("KneeR", 0.001, -0.002, 0.003);
        Set("TailBase", 0.004, 0, -0.002);
        Assert.Equal(0, symmetry.Cost(shift), 1e-9);
        Set("TailBase", 0.004, 0.003, -0.002);
        Assert.Equal(9e-6, symmetry.Cost(shift), 1e-9);
        Set("KneeR", 0.001, 0.002, 0.003);
        Assert.Equal(9e-6 + 8e-6, symmetry.Cost(shift), 1e-9);
    }

    [Fact]
    public void A_fit_to_noisy_keypoints_with_gaps_is_near_the_truth()
    {
        var planted = PlantedAnimal.Instance;
        var random = new Random(8);
        var frames = planted.Keypoints(noiseM: 0.002);
        foreach (var frame in frames)
            for (var k = 0; k < 23; k++)
                if (random.NextDouble() < 0.05)
                    frame.Position(k).Fill(double.NaN);
                else if (random.NextDouble() < 0.01)
                    frame.Position(k)[0] += 0.1;
        var animal = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, new() { Seed = 2, Samples = 60 }).Animal;
        Assert.Equal(PlantedAnimal.Scale, animal.Scale, 0.02 * PlantedAnimal.Scale);
        Assert.Equal(PlantedAnimal.FloorM, animal.FloorHeightM, 2e-3);
        var errors = animal.Offsets.Select((o, k) => Distance([o.X, o.Y, o.Z], planted.Truth.Offset(k))).ToArray();
        Assert.InRange(errors.Average(), 0, 3e-3);
    }

    [Fact]
    public void The_same_frames_and_seed_give_the_same_animal_to_the_last_bit()
    {
        var planted = PlantedAnimal.Instance;
        var frames = planted.Keypoints(noiseM: 0.001).Take(150).ToList();
        var options = new AnimalFitOptions { Samples = 20, Rounds = 2 };
        var first = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options);
        var second = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options);
        Assert.Equal(first.Animal.ToYaml(), second.Animal.ToYaml());
        Assert.Equal(first.Samples, second.Samples);
        Assert.NotEqual(first.Samples, AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options with { Seed = 9 }).Samples);
    }

    [Fact]
    public void Too_few_usable_frames_are_refused_with_a_sentence()
    {
        var planted = PlantedAnimal.Instance;
        var frames = planted.Keypoints().Take(10).ToList();
        foreach (var frame in frames.Skip(3))
            frame.Clear();
        var error = Assert.Throws<ClosedLoopException>(() => AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, new()));
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("of 10 frames only 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_can_be_cancelled()
    {
        var planted = PlantedAnimal.Instance;
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtOnce(cancellation);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, planted.Keypoints(), new(), progress, cancellation.Token));
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2) + Math.Pow(a[2] - b[2], 2));

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<string>
    {
        public void Report(string value) => source.Cancel();
    }
}
