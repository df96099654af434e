using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Shares a wanted force and moment about the centre of mass among the paws on the ground: the smallest weighted forces
/// that add up to it, then held to pushing and to a friction cone.
/// </summary>
internal sealed class GroundForces
{
    // Below the paws' friction of 1.5, so that what is asked for does not slip.
    private const double FrictionCone = 0.9;

    // How dear each component is where not all can be had: weight first, then attitude, then pushes along the floor.
    private static readonly double[] Slack = [0.3, 0.3, 0.01, 0.05, 0.05, 0.3];

    private readonly double[] _load = new double[4];
    private readonly double[] _system = new double[36];
    private readonly double[] _wrench = new double[6];

    /// <summary>Forces on each paw, N, three a paw.</summary>
    public double[] Forces { get; } = new double[12];

    /// <param name="wrench">Force (N) and moment about the centre of mass (N m).</param>
    /// <param name="centre">Centre of mass, metres.</param>
    /// <param name="paws">Positions of the four paws, metres.</param>
    /// <param name="load">How far each paw carries, 0 (lifted) to 1.</param>
    public void Distribute(ReadOnlySpan<double> wrench, ReadOnlySpan<double> centre, ReadOnlySpan<double> paws, ReadOnlySpan<double> load)
    {
        // Moments are measured in N * 4 cm, so that the system is well scaled.
        const double Arm = 0.04;
        load.CopyTo(_load);
        // A paw that would have to pull is left out, and the rest solved again.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Solve(wrench, centre, paws, Arm);
            var pulls = false;
            for (var paw = 0; paw < 4; paw++)
                if (Forces[(3 * paw) + 2] < 0)
                {
                    _load[paw] = 0;
                    pulls = true;
                }
            if (!pulls)
                break;
        }
        for (var paw = 0; paw < 4; paw++)
        {
            var force = Forces.AsSpan(3 * paw, 3);
            force[2] = Math.Max(0, force[2]);
            var sideways = Math.Sqrt((force[0] * force[0]) + (force[1] * force[1]));
            if (sideways > FrictionCone * force[2])
                for (var k = 0; k < 2; k++)
                    force[k] *= FrictionCone * force[2] / sideways;
        }
    }

    private void Solve(ReadOnlySpan<double> wrench, ReadOnlySpan<double> centre, ReadOnlySpan<double> paws, double arm)
    {
        Span<double> map = stackalloc double[18];
        Array.Clear(_system);
        for (var paw = 0; paw < 4; paw++)
        {
            Map(map, paws.Slice(3 * paw, 3), centre, arm);
            for (var r = 0; r < 6; r++)
                for (var c = 0; c < 6; c++)
                    for (var k = 0; k < 3; k++)
                        _system[(6 * r) + c] += _load[paw] * map[(3 * r) + k] * map[(3 * c) + k];
        }
        for (var r = 0; r < 6; r++)
        {
            _system[7 * r] += Slack[r];
            _wrench[r] = wrench[r] / (r < 3 ? 1 : arm);
        }
        Cholesky.Solve(_system, _wrench, 6, 1e-9);
        for (var paw = 0; paw < 4; paw++)
        {
            Map(map, paws.Slice(3 * paw, 3), centre, arm);
            for (var k = 0; k < 3; k++)
            {
                double sum = 0;
                for (var r = 0; r < 6; r++)
                    sum += _load[paw] * map[(3 * r) + k] * _wrench[r];
                Forces[(3 * paw) + k] = sum;
            }
        }
    }

    /// <summary>Force and scaled moment (6) of a force (3) at a paw.</summary>
    private static void Map(Span<double> map, ReadOnlySpan<double> paw, ReadOnlySpan<double> centre, double arm)
    {
        double x = (paw[0] - centre[0]) / arm, y = (paw[1] - centre[1]) / arm, z = (paw[2] - centre[2]) / arm;
        map.Clear();
        map[0] = map[4] = map[8] = 1;
        map[9 + 1] = -z;
        map[9 + 2] = y;
        map[12] = z;
        map[12 + 2] = -x;
        map[15] = -y;
        map[15 + 1] = x;
    }
}
