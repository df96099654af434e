using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// The tips of a tetrode's four twisted wires, micrometres, around the tetrode's own origin: corners of a square, cut
/// nearly level, the shaft going up (+z) from them.
/// </summary>
internal sealed class TetrodeWires
{
    private readonly (double X, double Y, double Z)[] _tips = new (double, double, double)[SimulatedTetrodeOptions.Wires];

    public TetrodeWires(RandomStream random)
    {
        // Wires of 12 to 25 um with their insulation; a cut leaves some a little longer.
        DiameterUm = random.Uniform(16, 27);
        var turn = random.Uniform(0, Math.PI / 2);
        for (var wire = 0; wire < _tips.Length; wire++)
        {
            var angle = turn + (wire * Math.PI / 2);
            _tips[wire] = (DiameterUm / Math.Sqrt(2) * Math.Cos(angle), DiameterUm / Math.Sqrt(2) * Math.Sin(angle), 3 * random.Normal());
        }
    }

    /// <summary>Of a wire with its insulation, and so the distance of neighbours.</summary>
    public double DiameterUm { get; }

    public double DistanceUm(int wire, (double X, double Y, double Z) place)
    {
        var (x, y, z) = _tips[wire];
        return Math.Sqrt(((place.X - x) * (place.X - x)) + ((place.Y - y) * (place.Y - y)) + ((place.Z - z) * (place.Z - z)));
    }

    /// <summary>Whether a cell body fits: outside the shaft and not on a tip.</summary>
    public bool Fits((double X, double Y, double Z) place)
    {
        const double BodyRadiusUm = 9;
        var fromAxis = Math.Sqrt((place.X * place.X) + (place.Y * place.Y));
        if (place.Z > 0 && fromAxis < (1.21 * DiameterUm) + BodyRadiusUm)
            return false;
        for (var wire = 0; wire < _tips.Length; wire++)
            if (DistanceUm(wire, place) < (DiameterUm / 2) + BodyRadiusUm)
                return false;
        return true;
    }
}
