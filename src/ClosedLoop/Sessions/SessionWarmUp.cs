using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>
/// Runs the whole path once over made-up ticks before the first real one, so that no frame of the animal pays for
/// compiling code or touching memory for the first time.
/// </summary>
internal static class SessionWarmUp
{
    private const int Ticks = 60;

    /// <summary>Warms up with a registrar and a rodent of their own; the session's begin untouched.</summary>
    public static void Run(SessionSetup setup)
    {
        var clock = new SessionClock();
        using var registrar = setup.MakeRegistrar(clock);
        using var rodent = setup.MakeRodent(clock);
        using var statistics = new SessionStatistics(clock);
        var keypoints = RestingKeypoints(setup);
        for (var i = 0; i < Ticks; i++)
        {
            keypoints.Stamp = new(i, i, 0, clock.Now, clock.Now);
            // Now and then a set is missing, as it will be.
            var tick = new ControlTick(i, clock.Now, i % 10 == 9 ? null : keypoints);
            var pose = registrar.Process(tick);
            statistics.Observe(pose);
            statistics.Observe(rodent.Process(pose), tick);
            statistics.EndFrame();
        }
        setup.Controller.Reset();
    }

    /// <summary>Where the keypoints of the body are in its initial configuration.</summary>
    private static Keypoints RestingKeypoints(SessionSetup setup)
    {
        using var data = new Physics.MujocoData(setup.Body.Model);
        data.Kinematics();
        var keypoints = new Keypoints(setup.Layout);
        for (var k = 0; k < setup.Layout.Count; k++)
        {
            data.SitePositions.Row(setup.Body.KeypointSites[k]).CopyTo(keypoints.Position(k));
            keypoints.Position(k)[2] += setup.Animal.FloorHeightM;
            keypoints.Confidence[k] = 1;
        }
        return keypoints;
    }
}
