using ClosedLoop.Core;
using ClosedLoop.Imitation;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Physics.Imitation;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Imitation;

/// <summary>Clip files as references: their floor, their size, and the weight of the body.</summary>
public sealed class ReferenceLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Clips_are_poses_above_the_floor_of_a_body_of_their_own_size()
    {
        var file = WalkFile.Write(_folder["walk.h5"], floorM: 0.015);
        using var loader = Loader();
        loader.Load(file, CancellationToken.None);
        var reference = Assert.Single(loader.References);
        Assert.Equal((ShortMotion.Scale, ShortMotion.Frames), (reference.Body.Scale, reference.Poses.Frames));
        Assert.Equal(("Walk", "Turn"), (reference.Poses.Behaviour(0), reference.Poses.Behaviour(74)));
        var walk = ShortMotion.Walk.Frame(10).ToArray();
        Assert.Equal(walk[0], Pose(reference, 10)[0], 1e-9);
        Assert.Equal(walk[2], Pose(reference, 10)[2], 1e-9);
        Assert.Empty(loader.Notes);
    }

    [Fact]
    public void Another_size_scales_the_path_and_is_said_and_the_weight_is_multiplied()
    {
        var file = WalkFile.Write(_folder["walk.h5"]);
        using var loader = Loader(scale: 2 * ShortMotion.Scale, massFactor: 1.5);
        loader.Load(file, CancellationToken.None);
        loader.Load(file, CancellationToken.None);
        var reference = loader.References[0];
        // One body for both.
        Assert.Same(reference.Body, loader.References[1].Body);
        Assert.Equal(2 * ShortMotion.Walk.Frame(10)[0], Pose(reference, 10)[0], 1e-9);
        Assert.Contains(loader.Notes, note => note.Contains("is scaled with it", StringComparison.Ordinal));
        using var plain = RodentBody.Describe().Compile(KeypointLayout.Rat23, 2 * ShortMotion.Scale);
        Assert.Equal(1.5 * Mass(plain), Mass(reference.Body), 1e-9);
    }

    private static ReferenceLoader Loader(double? scale = null, double massFactor = 1) => new()
    {
        Description = RodentBody.Describe(), Scale = scale, MassFactor = massFactor, ControlPeriodS = 0.02,
        OpenKeypoints = path => KeypointFile.Open(path),
    };

    private static double[] Pose(ImitationReference reference, int frame)
    {
        using var scratch = new MujocoData(reference.Body.Model);
        var pose = new Pose(reference.Body.Model.Nq, reference.Body.Model.Nv, reference.Body.Layout.Count);
        reference.Poses.Write(frame, scratch, pose);
        return pose.Qpos;
    }

    private static double Mass(BodyModel body) => body.Model.Doubles("body_mass").Span.ToArray().Sum();
}
