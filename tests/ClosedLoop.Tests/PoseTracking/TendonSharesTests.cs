using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class TendonSharesTests
{
    [Fact]
    public void A_bend_that_is_shared_as_springs_share_it_costs_nothing_and_any_other_does()
    {
        var body = PlantedAnimal.Instance.Truth;
        var (model, tree) = (body.Model, new KinematicTree(body));
        var shares = new TendonShares(tree);
        var tendon = model.Id(ObjectType.Tendon, "lumbar_bend");
        var parts = Enumerable.Range(model.Ints("tendon_adr")[tendon], model.Ints("tendon_num")[tendon]).Select(w => (
            Dof: Array.IndexOf(tree.ModelDof, model.Ints("jnt_dofadr")[model.Ints("wrap_objid")[w]]),
            Angle: 0.3 * model.Doubles("wrap_prm")[w] / model.Doubles("jnt_stiffness")[model.Ints("wrap_objid")[w]])).ToArray();
        Assert.Equal(2, parts.Length);
        var angles = new double[tree.DofCount];
        foreach (var (dof, angle) in parts)
            angles[dof] = angle;
        Assert.Equal(0, shares.Cost(angles), 1e-9);
        angles[parts[1].Dof] = -parts[1].Angle;
        Assert.True(shares.Cost(angles) > 1e-3);
    }

    [Fact]
    public void The_gradient_is_that_of_the_cost_and_no_bend_is_rewarded()
    {
        var tree = new KinematicTree(PlantedAnimal.Instance.Truth);
        var shares = new TendonShares(tree);
        var random = new Random(4);
        var n = tree.DofCount;
        for (var trial = 0; trial < 20; trial++)
        {
            var angles = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
            Assert.True(shares.Cost(angles) > -1e-12);
            var (gradient, hessian) = (new double[n], new double[n * n]);
            shares.Add(1, angles, gradient, hessian);
            for (var d = 6; d < n; d++)
            {
                var at = (double[])angles.Clone();
                at[d] += 1e-5;
                var up = shares.Cost(at);
                at[d] -= 2e-5;
                Assert.Equal((up - shares.Cost(at)) / 4e-5, gradient[d], 1e-7);
            }
        }
    }
}
