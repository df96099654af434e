using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class MujocoModelTests
{
    private const string Pendulum = """
        <mujoco><option timestep="0.001" integrator="RK4"/>
          <worldbody><body name="rod"><joint name="hinge" axis="0 1 0" damping="0"/>
            <geom type="sphere" size="0.01" mass="1" pos="0 0 -1"/><site name="tip" pos="0 0 -1"/></body></worldbody>
          <actuator><motor name="motor" joint="hinge"/></actuator></mujoco>
        """;

    [Fact]
    public void A_pendulum_swings_with_the_period_of_theory()
    {
        using var model = MujocoModel.Load(Pendulum);
        using var data = new MujocoData(model);
        data.Qpos[0] = 0.01;
        var crossings = new List<double>();
        var previous = data.Qpos[0];
        while (crossings.Count < 3)
        {
            data.Step();
            if (previous > 0 != data.Qpos[0] > 0)
                crossings.Add(data.TimeS);
            previous = data.Qpos[0];
        }
        // A point mass of 1 kg with a small sphere's inertia on a rod of 1 m.
        var expected = 2 * Math.PI * Math.Sqrt((1 + (0.4 * 0.01 * 0.01)) / 9.81);
        Assert.Equal(expected, crossings[2] - crossings[0], 2e-3);
    }

    [Fact]
    public void Site_jacobians_agree_with_finite_differences()
    {
        using var model = MujocoModel.Load(Pendulum);
        using var data = new MujocoData(model);
        var site = model.Id(ObjectType.Site, "tip");
        data.Qpos[0] = 0.7;
        data.Kinematics();
        var jacobian = new double[3];
        data.SiteJacobians([site], jacobian);
        var before = data.SitePositions.Row(site).ToArray();
        data.Qpos[0] += 1e-6;
        data.Kinematics();
        for (var axis = 0; axis < 3; axis++)
            Assert.Equal((data.SitePositions.Row(site)[axis] - before[axis]) / 1e-6, jacobian[axis], 1e-5);
    }

    [Fact]
    public void An_error_inside_MuJoCo_becomes_an_exception_and_the_process_goes_on()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, MujocoNative.cl_raise_error_for_test("planted"));
            Assert.Contains("planted", MujocoNative.LastError(), StringComparison.Ordinal);
            Assert.Contains("planted", MujocoNative.LastWarning(), StringComparison.Ordinal);
        }
        using var model = MujocoModel.Load(Pendulum);
        Assert.Equal(1, model.Nq);
    }

    [Fact]
    public void A_model_that_MuJoCo_refuses_says_why_and_where()
    {
        var e = Assert.Throws<ClosedLoopException>(() => MujocoModel.Load(Pendulum.Replace("damping", "dampling", StringComparison.Ordinal)));
        Assert.Contains("dampling", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void An_invalid_state_is_reported_not_stepped_over()
    {
        using var model = MujocoModel.Load(Pendulum);
        using var data = new MujocoData(model);
        data.Qpos[0] = double.NaN;
        Assert.Throws<PhysicsUnstableException>(() => data.Step());
    }

    [Fact]
    public void Stepping_allocates_nothing_and_repeats_bit_for_bit()
    {
        using var model = MujocoModel.Load(Pendulum);
        using var first = new MujocoData(model);
        using var second = new MujocoData(model);
        foreach (var data in new[] { first, second })
        {
            data.Qpos[0] = 1;
            data.Step(10);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        first.Step(1000);
        second.Step(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(BitConverter.DoubleToInt64Bits(first.Qpos[0]), BitConverter.DoubleToInt64Bits(second.Qpos[0]));
    }

    [Fact]
    public void A_wrong_name_is_answered_with_the_nearest_one()
    {
        using var model = MujocoModel.Load(Pendulum);
        var e = Assert.Throws<ClosedLoopException>(() => model.Id(ObjectType.Joint, "hindge"));
        Assert.Contains("hinge", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, e.ExitCode);
    }
}
