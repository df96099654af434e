using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>How far what was found agrees with what was planted.</summary>
/// <param name="Planted">Neurons that were planted.</param>
/// <param name="Found">Units that are one of them.</param>
/// <param name="Driven">Of these, units of neurons that follow the network or movement.</param>
/// <param name="RightKind">Of the driven, those said to follow the right one of the two.</param>
/// <param name="WrongKind">Of the driven, those said to follow the wrong one.</param>
/// <param name="Either">Of the driven, those that are predicted without it being clear by which of the two better; nothing is said of the others yet.</param>
/// <param name="RightClass">Of the driven, those whose very class leads.</param>
/// <param name="Unrelated">Units of neurons that follow neither.</param>
/// <param name="FalselyPredicted">Of these, those said to follow one.</param>
public sealed record PlanAgreement(int Planted, int Found, int Driven, int RightKind, int WrongKind, int Either, int RightClass, int Unrelated, int FalselyPredicted)
{
    /// <summary>Slowest neurons that are counted: of slower ones hardly anything can be known within a session.</summary>
    public const double LeastRateHz = 1;

    internal static PlanAgreement Of(PlantedPlan plan, IReadOnlyList<UnitComparison> units)
    {
        var planned = plan.Units.ToDictionary(unit => unit.Unit);
        var found = units.Where(unit => planned.ContainsKey(unit.Planted)).Select(unit => (unit, truth: planned[unit.Planted])).Where(of => of.truth.RateHz >= LeastRateHz).ToArray();
        var driven = found.Where(of => of.truth.Drive != PlannedDrive.None).ToArray();
        return new(
            plan.Units.Count(unit => unit.RateHz >= LeastRateHz), found.Length, driven.Length,
            driven.Count(of => of.unit.Follows == Planned(of.truth)), driven.Count(of => of.unit.Follows is FollowedKind.Network or FollowedKind.Movement && of.unit.Follows != Planned(of.truth)),
            driven.Count(of => of.unit.Follows == FollowedKind.Either),
            driven.Count(of => of.unit.IsPredicted && of.unit.Leading == of.truth.Class), found.Length - driven.Length,
            found.Count(of => of.truth.Drive == PlannedDrive.None && of.unit.IsPredicted));
    }

    private static FollowedKind Planned(PlannedUnit truth) => truth.Drive == PlannedDrive.Network ? FollowedKind.Network : FollowedKind.Movement;
}
