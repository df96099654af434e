using System.Globalization;
using ClosedLoop.Comparison;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>How far what a whole recording says of its units agrees with what was planted in them.</summary>
/// <param name="Planted">Units of the recording that are planted neurons.</param>
/// <param name="Driven">Of these, those of <see cref="PlanAgreement.LeastRateHz"/> or more whose neuron follows a class that was compared.</param>
/// <param name="Found">Of the driven, those that any class predicts significantly.</param>
/// <param name="RightKind">Of the driven, those that are found, led by a class of the right kind, network or movement.</param>
/// <param name="RightClass">Of the driven, those that are found, led by the very class.</param>
/// <param name="RightClassAndLag">Of these, those whose lag is within <see cref="MostLagErrorMs"/>.</param>
/// <param name="Unrelated">Units whose neuron follows nothing, of any rate.</param>
/// <param name="FalselyFound">Of these, those that a class predicts significantly.</param>
/// <param name="NotCompared">Units of that rate whose neuron follows a class that was left out.</param>
public sealed record OfflinePlanAgreement(int Planted, int Driven, int Found, int RightKind, int RightClass, int RightClassAndLag, int Unrelated, int FalselyFound, int NotCompared)
{
    /// <summary>By how much a lag may be off.</summary>
    public const double MostLagErrorMs = 40;

    /// <summary>Compares what was found with the plan.</summary>
    /// <param name="encoding">What was found.</param>
    /// <param name="planned">The neuron that each unit is; null: none that is known.</param>
    /// <returns>Null where no unit is a planted neuron.</returns>
    public static OfflinePlanAgreement? Of(EncodingResult encoding, IReadOnlyList<PlannedUnit?> planned)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(planned);
        var known = encoding.Units.Zip(planned).Where(of => of.Second is not null).Select(of => (Unit: of.First, Truth: of.Second!)).ToArray();
        if (known.Length == 0)
            return null;
        var driven = known.Where(of => of.Truth.Drive != PlannedDrive.None && of.Truth.RateHz >= PlanAgreement.LeastRateHz).ToLookup(of => encoding.Classes.Any(c => c.Name == of.Truth.Class));
        var found = driven[true].Where(of => of.Unit.IsPredicted).Select(of => (of.Unit, of.Truth, Class: encoding.Classes[of.Unit.Leading])).ToArray();
        var right = found.Where(of => of.Class.Name == of.Truth.Class).ToArray();
        var unrelated = known.Where(of => of.Truth.Drive == PlannedDrive.None).ToArray();
        return new(
            known.Length, driven[true].Count(), found.Length,
            found.Count(of => of.Class.Kind == (of.Truth.Drive == PlannedDrive.Network ? FeatureKind.Computational : FeatureKind.Representational)),
            // NB: half a microsecond more, for lags are multiples of a bin's width, which is no whole number of milliseconds everywhere.
            right.Length, right.Count(of => Math.Abs(of.Unit.Classes[of.Unit.Leading].LagMs - of.Truth.LagMs) <= MostLagErrorMs + 5e-4),
            unrelated.Length, unrelated.Count(of => of.Unit.IsPredicted), driven[false].Count());
    }

    /// <summary>For a person.</summary>
    public string Sentence() => string.Create(CultureInfo.InvariantCulture,
        $"Beside what was planted: of {Driven} units of {PlanAgreement.LeastRateHz:G2} Hz or more that follow a class of features {RightClass} are found to follow that very class ({RightClassAndLag} with a lag within {MostLagErrorMs:F0} ms; {RightKind} its kind, network or movement); of {Unrelated} that follow nothing {FalselyFound} are taken for driven.{(NotCompared > 0 ? $" {NotCompared} more follow a class that was not compared." : "")}");
}
