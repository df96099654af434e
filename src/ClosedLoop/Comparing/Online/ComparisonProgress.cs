using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>How the comparison of a session stands at one moment.</summary>
/// <param name="Units">Units that are compared.</param>
/// <param name="Network">Of these, those that the network predicts best.</param>
/// <param name="Movement">Those that movement predicts best.</param>
/// <param name="Judged">Bins that were predicted and judged.</param>
/// <param name="Missing">Bins for which features or counts were missing.</param>
/// <param name="Dropped">Poses and counts that the comparison had no time for.</param>
public sealed record ComparisonProgress(int Units, int Network, int Movement, long Judged, long Missing, long Dropped)
{
    internal static ComparisonProgress Of(ComparisonLayout layout, ComparisonScores scores, long dropped)
    {
        var (network, movement) = (0, 0);
        for (var unit = 0; unit < scores.UnitCount; unit++)
        {
            if (!UnitComparison.Follows(scores, unit))
                continue;
            if (UnitComparison.IsNetwork(layout.Classes[scores.Leading[unit]].Kind))
                network++;
            else
                movement++;
        }
        return new(scores.UnitCount, network, movement, scores.Judged, scores.Missing, dropped);
    }
}
