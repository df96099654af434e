using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Forecast;

public sealed class VelocityForecasterTests : IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void Constant_motion_is_continued_exactly_and_a_turning_root_about_its_axis()
    {
        using var forecaster = new VelocityForecaster(_body, fade: 1);
        for (var frame = 0; frame <= 3; frame++)
            forecaster.Observe(Planted(frame));
        var target = Planted(0);
        for (var ahead = 1; ahead <= 5; ahead++)
        {
            forecaster.Forecast(ahead, target);
            Assert.All(Planted(3 + ahead).Qpos.Zip(target.Qpos), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Fact]
    public void A_fading_velocity_reaches_the_sum_of_its_powers()
    {
        using var forecaster = new VelocityForecaster(_body, fade: 0.5);
        forecaster.Observe(Planted(0));
        forecaster.Observe(Planted(1));
        var target = Planted(0);
        forecaster.Forecast(3, target);
        // 0.5 + 0.25 + 0.125 frames on.
        Assert.All(Planted(1.875).Qpos.Zip(target.Qpos), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [InlineData(PoseFlags.Jump)]
    [InlineData(PoseFlags.Restarted)]
    public void What_led_to_a_jump_is_not_continued(PoseFlags flag)
    {
        using var forecaster = new VelocityForecaster(_body, fade: 1);
        var jumped = Planted(30);
        jumped.Flags = flag;
        forecaster.Observe(Planted(0));
        forecaster.Observe(jumped);
        var target = Planted(0);
        forecaster.Forecast(2, target);
        Assert.All(jumped.Qpos.Zip(target.Qpos), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        // From there on it moves again.
        forecaster.Observe(Planted(31));
        forecaster.Forecast(2, target);
        Assert.All(Planted(33).Qpos.Zip(target.Qpos), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void A_reset_forgets_the_past()
    {
        using var forecaster = new VelocityForecaster(_body, fade: 1);
        forecaster.Observe(Planted(0));
        forecaster.Observe(Planted(1));
        forecaster.Reset();
        forecaster.Observe(Planted(2));
        var target = Planted(0);
        forecaster.Forecast(4, target);
        Assert.All(Planted(2).Qpos.Zip(target.Qpos), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Hold_stays()
    {
        using var forecaster = new HoldForecaster(_body);
        forecaster.Observe(Planted(0));
        forecaster.Observe(Planted(1));
        var target = Planted(0);
        forecaster.Forecast(5, target);
        Assert.Equal(Planted(1).Qpos, target.Qpos);
    }

    [Theory]
    [InlineData("velocty", "did you mean 'velocity'?")]
    [InlineData("velocity:much", "velocity:0.7")]
    [InlineData("velocity:1.2", "from 0 (hold) to 1")]
    [InlineData("learned", "model of the installation")]
    public void A_name_that_is_none_is_refused(string name, string sentence)
    {
        var e = Assert.Throws<ClosedLoopException>(() => PoseForecasters.Make(name, _body, 0.02, shipped: null, framesAhead: 5));
        Assert.Equal(2, e.ExitCode);
        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }

    /// <summary>A root that moves along a line and turns about an axis aslant, and joints at their own constant speeds.</summary>
    private Pose Planted(double frame)
    {
        var pose = new Pose(_body.Model.Nq, _body.Model.Nv, 23);
        var q = pose.Qpos;
        (q[0], q[1], q[2]) = (0.004 * frame, -0.002 * frame, 0.05 + (0.001 * frame));
        var half = 0.3 + (0.06 * frame);
        (q[3], q[4], q[6]) = (Math.Cos(half), 0.6 * Math.Sin(half), 0.8 * Math.Sin(half));
        for (var i = 7; i < q.Length; i++)
            q[i] = 0.1 + (0.002 * (i % 5) * frame);
        return pose;
    }
}
