using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Comparison;

/// <summary>Agreement of what is found in a recording with what was found while it was made, and with what was planted, beside numbers made by hand.</summary>
public sealed class AgreementTests
{
    private static readonly (string, FeatureKind)[] s_classes = [("joints", FeatureKind.Representational), ("speed", FeatureKind.Representational), ("latent", FeatureKind.Computational)];

    [Fact]
    public void Online_and_offline_scores_are_paired_by_the_units_place_and_the_class_that_led()
    {
        // Online knows the classes in another order, and one that is not compared offline.
        var layout = new ComparisonLayout([("latent", "computational", 3), ("joints", "representational", 3), ("other", "representational", 3)], [], 8);
        var scores = layout.NewScores();
        (scores.Judged, scores.UnitCount) = (1000, 6);
        Online(0, leading: 0, bits: 0.4, found: true, latent: 0.5, joints: 0.1);
        Online(2, leading: 1, bits: 0.2, found: true, latent: 0.0, joints: 0.2);
        Online(3, leading: 0, bits: 0.1, found: true, latent: 0.1, joints: 0.1);
        Online(4, leading: 2, bits: 0.9, found: true, latent: 0.3, joints: 0.4);
        Online(5, leading: 1, bits: -0.1, found: false, latent: -0.2, joints: -0.1);
        scores.Leading[1] = -1;
        var encoding = Encoding(
            Unit("a", leading: 2, isPredicted: true, 0.1, 0.0, 0.5), // 0: the same class
            Unit("b", leading: 2, isPredicted: true, 0.1, 0.0, 0.5), // 1: not judged online
            Unit("c", leading: 1, isPredicted: true, 0.1, 0.3, 0.0), // 2: another class of the same kind
            Unit("d", leading: 0, isPredicted: true, 0.2, 0.1, 0.1), // 3: another kind
            Unit("e", leading: 2, isPredicted: true, 0.4, 0.3, 0.5), // 4: its online class was not compared offline
            Unit("f", leading: 0, isPredicted: false, 0.0, 0.0, 0.0), // 5: found by neither
            Unit("g", leading: -1, isPredicted: false, double.NaN, double.NaN, double.NaN), // judged by nobody
            Unit("h", leading: 0, isPredicted: true, 0.1, 0.0, 0.0)); // not counted online
        var agreement = OnlineAgreement.Of(encoding, [0, 1, 2, 3, 4, 5, 6, 7], new(layout, scores, null))!;

        Assert.Equal(["a", "c", "d", "f"], agreement.Units.Select(point => point.Unit));
        Assert.Equal([(0.4, 0.5), (0.2, 0.1), (0.1, 0.1), (-0.1, 0.0)], agreement.Units.Select(point => (point.OnlineBitsPerSpike, point.OfflineBitsPerSpike)));
        Assert.Equal((3, 3, 3, 1, 2), (agreement.FoundOnline, agreement.FoundOffline, agreement.FoundBoth, agreement.SameClass, agreement.SameKind));
        // Deviations (0.25, 0.05, -0.05, -0.25) and (0.325, -0.075, -0.075, -0.175): 0.125 / sqrt(0.13 x 0.1475).
        Assert.Equal(0.125 / Math.Sqrt(0.13 * 0.1475), agreement.Pearson, 1e-12);
        // Ranks 4 3 2 1 and 4 2.5 2.5 1.
        Assert.Equal(4.5 / Math.Sqrt(5 * 4.5), agreement.Spearman, 1e-12);
        Assert.Equal(5 * 2, agreement.Pairs);
        Assert.InRange(agreement.PairsPearson, 0.5, 1);
        Assert.Contains("over 4 units", agreement.Sentence(), StringComparison.Ordinal);

        // By another order of the units nothing of it is the same; and of two units no correlation is said.
        Assert.Equal(["b"], OnlineAgreement.Of(encoding, [9, 0, 9, 9, 9, 9, 9, 9], new(layout, scores, null))!.Units.Select(point => point.Unit));
        Assert.Equal(double.NaN, OnlineAgreement.Of(encoding, [9, 0, 9, 9, 9, 9, 9, 9], new(layout, scores, null))!.Pearson);
        Assert.Null(OnlineAgreement.Of(encoding, [0, 1, 2, 3, 4, 5, 6, 7], RecordedScores.Nothing));

        void Online(int index, int leading, double bits, bool found, double latent, double joints)
        {
            (scores.Leading[index], scores.BitsPerSpike[index], scores.IsPredictive[index], scores.IsOfItsKind[index]) = (leading, bits, found ? 0.999 : 0.3, 0.99);
            (scores.ClassBitsPerSpike[3 * index], scores.ClassBitsPerSpike[(3 * index) + 1], scores.ClassBitsPerSpike[(3 * index) + 2]) = ((float)latent, (float)joints, 0);
        }
    }

    [Fact]
    public void What_is_found_is_judged_by_the_plan()
    {
        var encoding = Encoding(
            Unit("right", 2, true, 0, 0, 0.5, lagMs: -60),
            Unit("right class, wrong lag", 2, true, 0, 0, 0.5, lagMs: 40),
            Unit("right kind", 1, true, 0.1, 0.2, 0, lagMs: 0),
            Unit("wrong kind", 2, true, 0, 0.1, 0.2, lagMs: 0),
            Unit("not found", 0, false, 0.01, 0, 0, lagMs: 0),
            Unit("slow", 2, true, 0, 0, 0.3, lagMs: 300),
            Unit("taken for driven", 2, true, 0, 0, 0.1, lagMs: 0),
            Unit("unrelated and slow", 2, false, 0, 0, 0, lagMs: 0),
            Unit("of a class that is not compared", 2, true, 0, 0, 0.1, lagMs: 0),
            Unit("nobody's", 2, true, 0, 0, 0.1, lagMs: 0));
        PlannedUnit?[] planned =
        [
            Driven("latent", -100), Driven("latent", -20), Driven("joints", 0), Driven("joints", 0), Driven("joints", 0), Driven("latent", 0) with { RateHz = 0.9 },
            Unrelated(5), Unrelated(0.5), Driven("torque", 0), null,
        ];
        // A lag of exactly 40 ms off is within.
        Assert.Equal(new OfflinePlanAgreement(9, 5, 4, 3, 2, 1, 2, 1, 1), OfflinePlanAgreement.Of(encoding, planned));
        Assert.Null(OfflinePlanAgreement.Of(encoding, [.. planned.Select(_ => (PlannedUnit?)null)]));

        static PlannedUnit Driven(string name, double lagMs) => new(1, 0, name == "joints" ? PlannedDrive.Movement : PlannedDrive.Network, name, lagMs, 2, 1);

        static PlannedUnit Unrelated(double rateHz) => new(1, 0, PlannedDrive.None, "", 0, rateHz, 0);
    }

    private static EncodingResult Encoding(params UnitScores[] units) => new(s_classes, [0], units, 0, 0);

    private static UnitScores Unit(string name, int leading, bool isPredicted, double joints, double speed, double latent, double lagMs = 0) =>
        new(name, 5, [.. new[] { joints, speed, latent }.Select(bits => new ClassScore(bits, 0, 0, 0, 1e-3, lagMs, [bits]))], leading, isPredicted);
}
