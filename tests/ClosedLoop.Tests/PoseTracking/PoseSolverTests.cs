using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class PoseSolverTests
{
    private static readonly double[] Ones = [.. Enumerable.Repeat(1.0, KeypointLayout.Rat23.Count)];

    [Fact]
    public void A_pose_is_recovered_from_noiseless_keypoints_from_nothing_but_its_trunk()
    {
        var animal = PlantedAnimal.Instance;
        // With next to no pull toward rest, what is left is the error of the solve itself. NB: the planted animal bends each
        // vertebra as it likes, which no tendon could make it do.
        var solver = new PoseSolver(animal.Truth, new() { RestPriorMPerRad = 1e-5, TendonPriorMPerRad = 0, StartPriorMPerRad = 0, Tolerance = 1e-12, MaximumIterations = 500 });
        var start = new TrunkStart(solver);
        var pose = new double[animal.Truth.Model.Nq];
        foreach (var frame in new[] { 0, 120, 180, 260, 333, 380, 399 })
        {
            start.Solve(animal.Sites[frame], Ones, pose, 1e-4);
            Assert.All(solver.Errors, error => Assert.InRange(error, 0, 1e-4));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(-90)]
    public void A_body_on_its_side_or_back_is_found_too(double rollDegrees)
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var truth = (double[])animal.Poses[220].Clone();
        var roll = rollDegrees * Math.PI / 180;
        PoseSolver.Rotate(truth.AsSpan(3, 4), [roll, 0, 0]);
        var sites = new double[3 * KeypointLayout.Rat23.Count];
        solver.SitePositions(truth, sites);
        var pose = new double[animal.Truth.Model.Nq];
        var solution = new TrunkStart(solver).Solve(sites, Ones, pose, 0.002);
        Assert.InRange(solution.MeanErrorM, 0, 0.001);
    }

    [Fact]
    public void Limits_hold_exactly_even_where_the_keypoints_pull_past_them()
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var random = new Random(11);
        var pose = (double[])solver.RestPose.Clone();
        var atLimits = 0;
        for (var frame = 0; frame < PlantedAnimal.Frames; frame += 5)
        {
            var stretched = animal.Sites[frame].Select(x => (1.1 * x) + (0.01 * PlantedAnimal.Gaussian(random))).ToArray();
            solver.Solve(stretched, Ones, pose);
            for (var d = 6; d < animal.Truth.Model.Nv; d++)
            {
                var (lower, upper) = animal.Truth.HingeRanges[d];
                Assert.InRange(pose[d + 1], lower, upper);
                if (pose[d + 1] == lower || pose[d + 1] == upper)
                    atLimits++;
            }
        }
        Assert.True(atLimits > 80, $"only {atLimits} angles stood at a limit: the test pulls too little to try them");
    }

    [Fact]
    public void Joints_that_no_keypoint_shows_stay_as_they_were()
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var moving = PlantedAnimal.MovingHinges(animal.Truth);
        var pose = (double[])solver.RestPose.Clone();
        solver.Solve(animal.Sites[300], Ones, pose);
        var still = Enumerable.Range(6, animal.Truth.Model.Nv - 6).Where(d => !moving.Contains(d)).ToList();
        Assert.NotEmpty(still);
        Assert.All(still, d => Assert.Equal(solver.RestPose[d + 1], pose[d + 1]));
        Assert.Contains(moving.Where(d => d >= 6), d => Math.Abs(solver.RestPose[d + 1] - pose[d + 1]) > 0.1);
    }

    [Fact]
    public void A_keypoint_far_off_pulls_the_others_by_little()
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var pose = (double[])animal.Poses[240].Clone();
        var keypoints = (double[])animal.Sites[240].Clone();
        var elbow = KeypointLayout.Rat23.IndexOf("ElbowL");
        keypoints[3 * elbow] += 0.1;
        solver.Solve(keypoints, Ones, pose);
        Assert.True(solver.Errors[elbow] > 0.08);
        Assert.All(Enumerable.Range(0, Ones.Length).Where(k => k != elbow), k => Assert.InRange(solver.Errors[k], 0, 0.002));
    }

    [Fact]
    public void A_keypoint_of_weight_0_is_not_looked_at()
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var (with, without) = ((double[])animal.Poses[200].Clone(), (double[])animal.Poses[200].Clone());
        var weights = (double[])Ones.Clone();
        weights[4] = 0;
        var keypoints = (double[])animal.Sites[210].Clone();
        keypoints.AsSpan(12, 3).Fill(double.NaN);
        solver.Solve(keypoints, weights, with);
        keypoints.AsSpan(12, 3).Fill(123);
        solver.Solve(keypoints, weights, without);
        Assert.All(with, value => Assert.True(double.IsFinite(value)));
        Assert.Equal(with, without);
        Assert.True(double.IsNaN(solver.Errors[4]));
    }

    [Fact]
    public void A_solve_allocates_nothing()
    {
        var animal = PlantedAnimal.Instance;
        var solver = new PoseSolver(animal.Truth);
        var pose = (double[])solver.RestPose.Clone();
        for (var frame = 0; frame < 200; frame++)
            solver.Solve(animal.Sites[frame], Ones, pose);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var frame = 0; frame < 200; frame++)
            solver.Solve(animal.Sites[frame], Ones, pose);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
