using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>How the comparison of a session stands at one moment.</summary>
/// <param name="Units">Units that are compared.</param>
/// <param name="Network">Of these, those that the network predicts best.</param>
/// <param name="Movement">Those that movement predicts best.</param>
/// <param name="Either">Those that are predicted, and by which of the two better is not clear yet.</param>
/// <param name="Judged">Bins that were predicted and judged.</param>
/// <param name="Missing">Bins for which features or counts were missing.</param>
/// <param name="Dropped">Poses and counts that the comparison had no time for.</param>
public sealed record ComparisonProgress(int Units, int Network, int Movement, int Either, long Judged, long Missing, long Dropped)
{
    internal static ComparisonProgress Of(ComparisonLayout layout, ComparisonScores scores, long dropped)
    {
        var (network, movement, either) = (0, 0, 0);
        for (var unit = 0; unit < scores.UnitCount; unit++)
        {
            var kind = UnitComparison.KindOf(layout, scores, unit);
            network += kind == FollowedKind.Network ? 1 : 0;
            movement += kind == FollowedKind.Movement ? 1 : 0;
            either += kind == FollowedKind.Either ? 1 : 0;
        }
        return new(scores.UnitCount, network, movement, either, scores.Judged, scores.Missing, dropped);
    }
}
