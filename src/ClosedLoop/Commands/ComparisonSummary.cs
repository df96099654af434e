using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>What a person is told of a session's comparison: who follows what, and how that agrees with a plan.</summary>
internal static class ComparisonSummary
{
    private const int Named = 12;

    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole output, ComparisonResult comparison)
    {
        UnitComparison[] Of(FollowedKind kind) => [.. comparison.Units.Where(unit => unit.Follows == kind)];
        var (network, movement, either) = (Of(FollowedKind.Network), Of(FollowedKind.Movement), Of(FollowedKind.Either));
        output.WriteLine($"  comparison     {comparison.Units.Count} units beside {comparison.Classes.Count} classes of features in {comparison.Judged} bins ({comparison.Missing} without features or counts): {network.Length} follow the network, {movement.Length} movement, {either.Length} one of the two, {comparison.Units.Count - network.Length - movement.Length - either.Length} neither so far; {comparison.Load:P1} of one core");
        Print(output, "the network", network);
        Print(output, "movement", movement);
        Print(output, "either", either);
        if (comparison.Classes.Where(of => double.IsFinite(of.Similarity)).OrderByDescending(of => of.Similarity).ToArray() is { Length: > 0 } alike)
            output.WriteLine($"  behaviours     told apart as in the units (whitened unbiased cosine): {string.Join(", ", alike.Select(of => FormattableString.Invariant($"{of.Name} {of.Similarity:F2}")))}");
        if (comparison.Behaviours.Where(of => of.Bins > 0 && double.IsFinite(of.Variability)).OrderByDescending(of => of.Variability).ToArray() is { Length: > 0 } varied)
            output.WriteLine($"  variability    of the latent: {string.Join(", ", varied.Select(of => FormattableString.Invariant($"{of.Name} {of.Variability:F3}")))}");
        if (comparison.Plan is { } plan)
            output.WriteLine($"  planted        {plan.Found} units are planted neurons of {PlanAgreement.LeastRateHz:G2} Hz or more; of {plan.Driven} that follow the network or movement {plan.RightKind} are found to follow the right one ({plan.RightClass} the very class), {plan.WrongKind} the wrong one, {plan.Either} one of the two; of {plan.Unrelated} that follow neither {plan.FalselyPredicted} seem to");
        if (comparison.Dropped > 0)
            output.WriteLine($"  comparison     was behind: {comparison.Dropped} poses or counts were left out of it");
    }

    private static void Print(IAnsiConsole output, string what, UnitComparison[] units)
    {
        if (units.Length == 0)
            return;
        var told = units.OrderByDescending(unit => unit.BitsPerSpike).Take(Named).Select(unit => FormattableString.Invariant(
            $"{Name(unit)} {unit.Leading} {unit.LagMs:+0;-0;0} ms {unit.BitsPerSpike:F2}{(unit.PlannedClass is { } planned ? $" [{planned}]" : "")}"));
        output.WriteLine($"    {what,-12} {string.Join("; ", told)}{(units.Length > Named ? $"; and {units.Length - Named} more" : "")} (bits a spike)");
    }

    private static string Name(UnitComparison unit) => unit.Tetrode < 0 ? $"{unit.Index}" : $"T{unit.Tetrode + 1}.{unit.Unit}";
}
