using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class KinematicTreeTests
{
    [Fact]
    public void Site_positions_and_jacobians_are_those_of_MuJoCo()
    {
        var animal = PlantedAnimal.Instance;
        var tree = new KinematicTree(animal.Truth);
        using var data = new MujocoData(animal.Truth.Model);
        var nv = animal.Truth.Model.Nv;
        var expected = new double[3 * tree.SiteCount * nv];
        var stride = 3 * tree.SiteCount;
        var rows = new double[tree.DofCount * stride];
        var ones = Enumerable.Repeat(1.0, tree.SiteCount).ToArray();
        foreach (var frame in new[] { 0, 150, 300, 399 })
        {
            animal.Poses[frame].CopyTo(data.Qpos.Span);
            data.Kinematics();
            data.SiteJacobians(animal.Truth.KeypointSites, expected);
            tree.Update(animal.Poses[frame]);
            tree.Jacobian(ones, rows, stride);
            for (var s = 0; s < tree.SiteCount; s++)
                for (var i = 0; i < 3; i++)
                {
                    var k = tree.Keypoint[s];
                    Assert.Equal(data.SitePositions.Row(animal.Truth.KeypointSites[k])[i], tree.Sites[(3 * s) + i], 1e-12);
                    for (var d = 0; d < tree.DofCount; d++)
                    {
                        var ours = s >= tree.SiteStart[d] && s < tree.SiteEnd[d] ? rows[(d * stride) + (3 * s) + i] : 0;
                        Assert.Equal(expected[(((3 * k) + i) * nv) + tree.ModelDof[d]], ours, 1e-12);
                    }
                }
        }
    }

    [Fact]
    public void Every_degree_of_freedom_that_moves_a_keypoint_or_a_digit_is_in_the_tree_and_no_other()
    {
        var animal = PlantedAnimal.Instance;
        using var data = new MujocoData(animal.Truth.Model);
        animal.Poses[200].CopyTo(data.Qpos.Span);
        data.Kinematics();
        var nv = animal.Truth.Model.Nv;
        var jacobian = new double[3 * KeypointLayout.Rat23.Count * nv];
        data.SiteJacobians(animal.Truth.KeypointSites, jacobian);
        var moving = Enumerable.Range(0, nv).Where(d => Enumerable.Range(0, jacobian.Length / nv).Any(row => Math.Abs(jacobian[(row * nv) + d]) > 1e-9));
        var model = animal.Truth.Model;
        var digits = new[] { "toe_L", "toe_R", "finger_L", "finger_R" }.Select(name => model.Ints("jnt_dofadr")[model.Id(ObjectType.Joint, name)]);
        Assert.Equal(moving.Union(digits).Order(), new KinematicTree(animal.Truth).ModelDof.Order());
    }

    [Fact]
    public void A_size_set_later_is_the_size_that_a_body_is_compiled_at()
    {
        var animal = PlantedAnimal.Instance;
        using var unit = animal.Description.Compile(KeypointLayout.Rat23);
        using var scaled = animal.Description.Compile(KeypointLayout.Rat23, 0.8);
        var (a, b) = (new KinematicTree(unit), new KinematicTree(scaled));
        a.SetScale(0.8);
        for (var i = 0; i < a.Offsets.Length; i++)
            a.Offsets[i] = 0.8 * a.UnitOffsets[i];
        a.Update(animal.Poses[300]);
        b.Update(animal.Poses[300]);
        for (var i = 0; i < a.Sites.Length; i++)
            Assert.Equal(b.Sites[i], a.Sites[i], 1e-12);
    }

    [Fact]
    public void The_tree_s_factorisation_solves_what_a_dense_one_solves()
    {
        var animal = PlantedAnimal.Instance;
        var tree = new KinematicTree(animal.Truth);
        var n = tree.DofCount;
        var stride = 3 * tree.SiteCount;
        var rows = new double[n * stride];
        tree.Update(animal.Poses[250]);
        tree.Jacobian([.. Enumerable.Repeat(1.0, tree.SiteCount)], rows, stride);
        var sparse = new TreeCholesky(tree.DofParent);
        var dense = new double[n * n];
        for (var d = 0; d < n; d++)
            for (var e = 0; e <= d; e++)
            {
                var sum = d == e ? 1e-3 : 0;
                for (var i = 3 * Math.Max(tree.SiteStart[d], tree.SiteStart[e]); i < 3 * Math.Min(tree.SiteEnd[d], tree.SiteEnd[e]); i++)
                    sum += rows[(d * stride) + i] * rows[(e * stride) + i];
                dense[(d * n) + e] = sparse.Matrix[(d * n) + e] = sum;
            }
        var right = Enumerable.Range(0, n).Select(d => Math.Sin(d + 1.0)).ToArray();
        var (x, y) = ((double[])right.Clone(), (double[])right.Clone());
        Assert.True(Cholesky.TrySolve(dense, x, n));
        Assert.True(sparse.Factorise());
        sparse.Solve(y);
        for (var d = 0; d < n; d++)
            Assert.Equal(x[d], y[d], 1e-6 * Math.Max(1, Math.Abs(x[d])));
    }
}
