using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>A number that wanders about 0, smooth in position: white noise through a critically damped follower.</summary>
internal static class SmoothWalk
{
    /// <summary>Moves it on by <paramref name="dtS"/>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="speed">Its rate of change.</param>
    /// <param name="timeS">Time constant, seconds.</param>
    /// <param name="sd">Standard deviation in the long run.</param>
    /// <param name="dtS">Time step, seconds.</param>
    /// <param name="random">Where the noise comes from.</param>
    public static void Step(ref double value, ref double speed, double timeS, double sd, double dtS, RandomStream random)
    {
        var omega = 1 / timeS;
        // Such a follower of white noise of density s^2 has the variance s^2 / (4 omega^3).
        speed += (-(2 * omega * speed) - (omega * omega * value)) * dtS;
        speed += sd * 2 * Math.Sqrt(omega * omega * omega * dtS) * random.Normal();
        value += speed * dtS;
    }
}
