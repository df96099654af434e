using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Simulation;

namespace ClosedLoop.Tests.Physics.Forecast;

/// <summary>The forecaster that comes with the program.</summary>
public sealed class LearnedForecasterTests(LearnedForecasterTests.Life life) : IClassFixture<LearnedForecasterTests.Life>, IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);

    public static string Folder { get; } = FindFolder();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void On_motion_it_has_not_seen_it_is_nearer_than_what_holds_and_what_goes_on()
    {
        using var hold = new HoldForecaster(_body);
        using var velocity = new VelocityForecaster(_body);
        using var learned = Learned();
        var errors = new[] { hold, velocity, (IPoseForecaster)learned }.Select(forecaster => ForecastEvaluation.Run(_body, life.Library, forecaster, 5)).ToArray();
        for (var ahead = 0; ahead < 5; ahead++)
            Assert.True(errors[2][ahead] < 0.9 * errors[1][ahead] && errors[2][ahead] < 0.9 * errors[0][ahead],
                $"{ahead + 1} frames ahead: hold {errors[0][ahead]:F2} mm, velocity {errors[1][ahead]:F2} mm, learned {errors[2][ahead]:F2} mm");
    }

    [Fact]
    public void Where_the_animal_is_and_whither_it_heads_makes_no_difference()
    {
        using var learned = Learned();
        var straight = Forecast(learned, qpos => qpos.ToArray());
        // 0.5 m away and turned by 2 rad about the vertical.
        var (c, s, w, z) = (Math.Cos(2), Math.Sin(2), Math.Cos(1), Math.Sin(1));
        double[] Moved(double[] q)
        {
            double[] moved = [.. q];
            (moved[0], moved[1]) = ((c * q[0]) - (s * q[1]) + 0.5, (s * q[0]) + (c * q[1]) - 0.3);
            (moved[3], moved[4], moved[5], moved[6]) = ((w * q[3]) - (z * q[6]), (w * q[4]) - (z * q[5]), (w * q[5]) + (z * q[4]), (w * q[6]) + (z * q[3]));
            return moved;
        }
        var expected = Moved(straight);
        var found = Forecast(learned, Moved);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        // It is no forecast of standing still.
        Assert.True(Math.Abs(straight[0] - life.Library.Clips[0].Frame(60)[0]) > 1e-5);
    }

    [Fact]
    public void A_larger_animal_in_the_same_posture_goes_further_by_its_size()
    {
        using var large = RodentBody.Describe().Compile(KeypointLayout.Rat23, 1.2);
        using var learned = Learned();
        using var onLarge = new LearnedForecaster(large, ModelFolder.Open(Folder), 0.02);
        static double[] Scaled(double[] q, double by)
        {
            double[] scaled = [.. q];
            for (var axis = 0; axis < 3; axis++)
                scaled[axis] *= by;
            return scaled;
        }
        var expected = Scaled(Forecast(learned, qpos => qpos.ToArray()), 1.2);
        Assert.All(expected.Zip(Forecast(onLarge, qpos => Scaled(qpos, 1.2))), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void It_allocates_nothing_and_gives_the_same_again()
    {
        using var learned = Learned();
        var target = NewPose();
        var first = Forecast(learned, qpos => qpos.ToArray());
        Assert.Equal(first, Forecast(learned, qpos => qpos.ToArray()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var frame = 0; frame < 50; frame++)
        {
            life.Library.Clips[0].Frame(frame).CopyTo(target.Qpos);
            learned.Observe(target);
            for (var ahead = 1; ahead <= learned.LongestAhead; ahead++)
                learned.Forecast(ahead, target);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Another_body_another_rate_and_a_controller_that_looks_further_are_refused()
    {
        using var other = (RodentBody.Describe() with { Mjcf = RodentBody.Describe().Mjcf.Replace("knee_L", "knie_L", StringComparison.Ordinal) }).Compile(KeypointLayout.Rat23);
        Assert.Equal("learned", PoseForecasters.DefaultFor(_body.Description, 0.02, Folder));
        Assert.Equal("velocity", PoseForecasters.DefaultFor(_body.Description, 0.01, Folder));
        Assert.Equal("velocity", PoseForecasters.DefaultFor(other.Description, 0.02, Folder));
        Assert.Equal("velocity", PoseForecasters.DefaultFor(_body.Description, 0.02, shipped: null));
        Assert.Contains("was trained for the body", Refused(() => new LearnedForecaster(other, ModelFolder.Open(Folder), 0.02)), StringComparison.Ordinal);
        Assert.Contains("at 50 Hz, and 100 Hz", Refused(() => Learned(0.01)), StringComparison.Ordinal);
        Assert.Contains("looks 5 frames ahead, and the controller wants 6", Refused(() => PoseForecasters.Make("learned", _body, 0.02, Folder, 6)), StringComparison.Ordinal);
    }

    private static string Refused(Func<IPoseForecaster> make) => Assert.Throws<ClosedLoopException>(make).Message;

    private LearnedForecaster Learned(double periodS = 0.02) => new(_body, ModelFolder.Open(Folder), periodS);

    private Pose NewPose() => new(_body.Model.Nq, _body.Model.Nv, 23);

    /// <summary>The forecast of 5 frames ahead in the middle of the life, moved.</summary>
    private double[] Forecast(LearnedForecaster forecaster, Func<double[], double[]> move)
    {
        var pose = NewPose();
        forecaster.Reset();
        for (var frame = 40; frame <= 60; frame++)
        {
            move(life.Library.Clips[0].Frame(frame).ToArray()).CopyTo(pose.Qpos, 0);
            forecaster.Observe(pose);
        }
        forecaster.Forecast(5, pose);
        return [.. pose.Qpos];
    }

    private static string FindFolder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ClosedLoop.sln")))
            root = root.Parent!;
        return Path.Combine(root.FullName, "models", "forecast");
    }

    /// <summary>Six seconds of a simulated animal of a seed that nothing was learnt from, at scale 1.</summary>
    public sealed class Life
    {
        public Life()
        {
            var life = SimulatedLife.Of(6, seed: 7301);
            Library = new()
            {
                QposNames = [.. Enumerable.Range(0, life.Qpos[0].Length).Select(i => $"{i}")],
                Scale = 1,
                Source = "a test",
                Clips = [new() { Name = "life", Behaviour = "", RateHz = 50, Frames = life.Qpos.Count, Nq = life.Qpos[0].Length, Qpos = [.. life.Qpos.SelectMany(q => q)] }],
            };
        }

        public MotionLibrary Library { get; }
    }
}
