using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>Triangulation against planted positions: exact views, noise, wrong views, two places a view, and what cannot be.</summary>
public sealed class TriangulatorTests
{
    private static readonly RigCalibration s_rig = PlantedRig.Create();

    [Fact]
    public void Exact_views_through_bending_lenses_give_the_position_to_a_nanometre()
    {
        var random = new RandomStream(1, "exact");
        var triangulator = new Triangulator(s_rig);
        for (var trial = 0; trial < 100; trial++)
        {
            var truth = RandomPosition(random);
            var found = triangulator.Triangulate(Views(truth, 0.5));
            Assert.Equal(6, found.ViewsUsed);
            Assert.True(Error(found, truth) < 1e-9, $"{Error(found, truth)} m");
            Assert.True(found.ReprojectionPx < 1e-6);
            Assert.InRange(found.Confidence, 0.9, 1);
        }
    }

    [Fact]
    public void The_derivative_of_the_projection_is_that_of_its_differences()
    {
        var camera = s_rig.Cameras[2];
        const double Step = 1e-6;
        var p = Projection.Of(camera, 0.1, -0.07, 0.05);
        var ahead = camera.Project(0.1 + Step, -0.07, 0.05);
        var behind = camera.Project(0.1 - Step, -0.07, 0.05);
        Assert.Equal((ahead.U - behind.U) / (2 * Step), p.UX, 1e-4);
        Assert.Equal((ahead.V - behind.V) / (2 * Step), p.VX, 1e-4);
        ahead = camera.Project(0.1, -0.07, 0.05 + Step);
        behind = camera.Project(0.1, -0.07, 0.05 - Step);
        Assert.Equal((ahead.U - behind.U) / (2 * Step), p.UZ, 1e-4);
        Assert.Equal((ahead.V - behind.V) / (2 * Step), p.VZ, 1e-4);
        Assert.Equal(camera.Project(0.1, -0.07, 0.05), (p.U, p.V));
    }

    [Fact]
    public void The_covariance_is_that_of_the_errors()
    {
        var random = new RandomStream(2, "covariance");
        var triangulator = new Triangulator(s_rig, new() { CalibrationVariancePx2 = 0 });
        const int Trials = 3000;
        double squared = 0;
        var found = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var truth = RandomPosition(random);
            // Noise that is long in one direction and differs from view to view.
            var views = Views(truth, 1);
            for (var v = 0; v < views.Length; v++)
            {
                var (a, b, angle) = (0.4 + random.Uniform(), 1 + (2 * random.Uniform()), random.Uniform(0, Math.PI));
                var (c, s) = (Math.Cos(angle), Math.Sin(angle));
                var (n, m) = (a * random.Normal(), b * random.Normal());
                views[v] = new(
                    v, views[v].U + (c * n) - (s * m), views[v].V + (s * n) + (c * m),
                    (c * c * a * a) + (s * s * b * b), c * s * ((a * a) - (b * b)), (s * s * a * a) + (c * c * b * b), 0.9);
            }
            var point = triangulator.Triangulate(views);
            if (point.ViewsUsed < 6)
                continue;
            found++;
            squared += Mahalanobis(point, truth);
        }
        // 3 degrees of freedom; the mean of that many has a standard deviation of 0.045.
        Assert.True(found > 0.98 * Trials, $"{found} of {Trials} kept all views");
        Assert.InRange(squared / found, 2.8, 3.2);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.5)]
    [InlineData(1, 1.5)]
    [InlineData(2, 1.5)]
    public void Wrong_views_are_rejected_and_cost_nothing_but_their_share(int wrong, double noisePx)
    {
        var random = new RandomStream(3, $"wrong {wrong} {noisePx}");
        var triangulator = new Triangulator(s_rig, new() { CalibrationVariancePx2 = 0 });
        const int Trials = 500;
        var (named, errors, clean) = (0, new List<double>(), new List<double>());
        for (var trial = 0; trial < Trials; trial++)
        {
            var truth = RandomPosition(random);
            var views = Views(truth, noisePx);
            for (var v = 0; v < views.Length; v++)
                views[v] = Moved(views[v], noisePx * random.Normal(), noisePx * random.Normal());
            var bad = 0u;
            for (var w = 0; w < wrong; w++)
            {
                var v = (trial + (w * (1 + (trial % 3)))) % 6;
                if ((bad & (1u << v)) != 0)
                    v = (v + 1) % 6;
                bad |= 1u << v;
                var angle = random.Uniform(0, 2 * Math.PI);
                var far = random.Uniform(20, 60);
                views[v] = Moved(views[v], far * Math.Cos(angle), far * Math.Sin(angle));
            }
            var kept = views.Where((_, v) => (bad & (1u << v)) == 0).ToArray();
            var found = triangulator.Triangulate(views);
            errors.Add(Error(found, truth));
            clean.Add(Error(triangulator.Triangulate(kept), truth));
            if ((found.Used & bad) == 0 && found.ViewsUsed >= 6 - wrong - 1)
                named++;
            Assert.Equal(6, found.ViewsOffered);
        }
        // A wrong view that happens to lie along the other views' doubt may pass now and then.
        Assert.True(named >= 0.97 * Trials, $"{named} of {Trials} wrong views found");
        Assert.InRange(Median(errors), 0, 1.1 * Median(clean));
        Assert.InRange(errors.Order().ElementAt((int)(0.99 * Trials)), 0, 2.5 * clean.Order().ElementAt((int)(0.99 * Trials)));
    }

    [Fact]
    public void Of_two_places_a_view_those_are_taken_that_agree()
    {
        var random = new RandomStream(4, "sides");
        var triangulator = new Triangulator(s_rig);
        for (var trial = 0; trial < 200; trial++)
        {
            // Left and right knee, 4 cm apart: half of the views have the other one first.
            var truth = RandomPosition(random);
            double[] other = [truth[0] + 0.03, truth[1] - 0.026, truth[2]];
            var (mine, theirs) = (Views(truth, 0.7), Views(other, 0.7));
            var places = new List<ImagePoint>();
            for (var v = 0; v < 6; v++)
            {
                var exchanged = v % 2 == 0;
                places.Add((exchanged ? theirs[v] : mine[v]) with { Confidence = exchanged ? 0.55 : 0.65 });
                places.Add((exchanged ? mine[v] : theirs[v]) with { Confidence = exchanged ? 0.42 : 0.3 });
            }
            var found = triangulator.Triangulate(places.ToArray());
            Assert.Equal(6, found.ViewsUsed);
            Assert.True(Error(found, truth) < 1e-6);
        }
    }

    [Fact]
    public void Fewer_than_two_views_or_contradiction_give_nothing()
    {
        var triangulator = new Triangulator(s_rig);
        var views = Views([0.05, 0.02, 0.03], 0.5);
        Assert.False(triangulator.Triangulate([]).IsPresent);
        var one = triangulator.Triangulate(views.AsSpan(0, 1));
        Assert.False(one.IsPresent);
        Assert.True(double.IsNaN(one.X) && double.IsNaN(one.ReprojectionPx) && one.ViewsOffered == 1 && one.Confidence == 0);
        // Two places of one view are still one view.
        Assert.False(triangulator.Triangulate([views[0], views[0]]).IsPresent);
        // Nothing is known of places that are not numbers, or that nobody believes in.
        Assert.False(triangulator.Triangulate([views[0], views[1] with { U = double.NaN }, views[2] with { Confidence = 0 }]).IsPresent);
        // Two views whose rays pass each other by far.
        Assert.False(triangulator.Triangulate([views[0], Moved(views[1], 0, 60)]).IsPresent);
        // Two views suffice where they agree.
        Assert.Equal(0.05, triangulator.Triangulate([views[0], views[2]]).X, 1e-9);
    }

    [Fact]
    public void A_position_behind_the_cameras_is_none()
    {
        // Two cameras side by side, and rays that part in front of them: they meet behind.
        var left = s_rig.Cameras[0];
        var (r, t) = (left.Rotation, left.TranslationM);
        var right = left with { Name = "right", TranslationM = [t[0] - 0.1, t[1], t[2]] };
        var triangulator = new Triangulator(new([left, right]));
        Assert.NotNull(r);
        var found = triangulator.Triangulate(
            [ImagePoint.Isotropic(0, 100, 120, 0.5, 1), ImagePoint.Isotropic(1, 180, 120, 0.5, 1)]);
        Assert.False(found.IsPresent);
        Assert.True(double.IsNaN(found.Z));
    }

    [Fact]
    public void The_same_views_give_the_same_bits_and_nothing_is_allocated()
    {
        var random = new RandomStream(5, "bits");
        var (a, b) = (new Triangulator(s_rig), new Triangulator(s_rig));
        var views = Views(RandomPosition(random), 1);
        for (var v = 0; v < 6; v++)
            views[v] = Moved(views[v], 3 * random.Normal(), 3 * random.Normal());
        Assert.Equal(a.Triangulate(views), b.Triangulate(views));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _ = a.Triangulate(views);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ImagePoint[] Views(double[] truth, double sigmaPx) =>
        [.. s_rig.Cameras.Select((camera, v) => camera.Project(truth[0], truth[1], truth[2]) is var (x, y) ? ImagePoint.Isotropic(v, x, y, sigmaPx, 0.9) : default)];

    private static ImagePoint Moved(ImagePoint point, double du, double dv) => point with { U = point.U + du, V = point.V + dv };

    private static double[] RandomPosition(RandomStream random) =>
        [random.Uniform(-0.2, 0.2), random.Uniform(-0.2, 0.2), random.Uniform(0, 0.12)];

    private static double Error(in SpatialPoint p, double[] truth) =>
        Math.Sqrt(((p.X - truth[0]) * (p.X - truth[0])) + ((p.Y - truth[1]) * (p.Y - truth[1])) + ((p.Z - truth[2]) * (p.Z - truth[2])));

    private static double Mahalanobis(in SpatialPoint p, double[] truth)
    {
        var c = p.Covariance;
        var (x, y, z) = (p.X - truth[0], p.Y - truth[1], p.Z - truth[2]);
        var inverse = SpatialCovariance.Invert(new() { XX = c.XX, XY = c.XY, XZ = c.XZ, YY = c.YY, YZ = c.YZ, ZZ = c.ZZ });
        var (a, b, d) = inverse.Times(x, y, z);
        return (a * x) + (b * y) + (d * z);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
