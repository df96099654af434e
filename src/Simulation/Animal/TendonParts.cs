using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>The joints that a fixed tendon sums, with their coefficients.</summary>
internal static class TendonParts
{
    public static (int Joint, double Coefficient)[] Of(MujocoModel model, int tendon)
    {
        var start = model.Ints("tendon_adr")[tendon];
        var count = model.Ints("tendon_num")[tendon];
        var joints = model.Ints("wrap_objid");
        var coefficients = model.Doubles("wrap_prm");
        return [.. Enumerable.Range(start, count).Select(i => (joints[i], coefficients[i]))];
    }
}
