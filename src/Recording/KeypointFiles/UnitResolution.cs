using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Decides in which unit a keypoint file's numbers are. NB: what files claim is known to be wrong (millimetres stamped
/// "pixels"), so the size of the animal decides, and the claim is compared with it.
/// </summary>
internal static class UnitResolution
{
    // From the smallest mouse pup to the largest rat. The two ranges, in metres and in millimetres, are far apart.
    private const double MinimumM = 0.02;
    private const double MaximumM = 0.6;

    /// <summary>The factor from the file's numbers to metres; what was decided is added to the file's notes.</summary>
    public static (LengthUnit Unit, double Scale) Resolve(RawKeypoints raw, LengthUnit asked, string path)
    {
        var (size, measured) = TypicalSize(raw);
        var bySize = IsAnimal(size) ? LengthUnit.Metres : IsAnimal(size * 1e-3) ? LengthUnit.Millimetres : LengthUnit.Auto;
        var claimed = raw.IsDannce ? LengthUnit.Millimetres : Understand(raw.UnitClaim);
        var claim = raw.UnitClaim is null ? "the file claims no unit" : $"the file claims '{raw.UnitClaim}'";

        var unit = asked != LengthUnit.Auto ? asked : bySize != LengthUnit.Auto ? bySize : claimed;
        if (unit == LengthUnit.Auto)
            throw ClosedLoopException.Failed(double.IsNaN(size)
                ? $"'{path}' has no frame in which the animal can be measured ({measured}), so its unit cannot be told and {claim}; state the unit: mm or m"
                : $"'{path}': {measured} is {size:G4} in the file's numbers, which is a rodent neither in m nor in mm, and {claim}; state the unit: mm or m");

        var scale = unit == LengthUnit.Metres ? 1.0 : 1e-3;
        raw.Notes.Add($"lengths are in {Name(unit)} ({Reason(asked, bySize, unit)}: {measured} is {size * scale * 1e3:F0} mm)"
            + (raw.UnitClaim is not null && claimed != unit ? $"; {claim}, which is wrong" : ""));
        if (asked != LengthUnit.Auto && !IsAnimal(size * scale))
            raw.Notes.Add($"WARNING: with lengths in {Name(unit)} as asked, {measured} is {size * scale:G3} m: that is no rodent");
        return (unit, scale);
    }

    /// <summary>Whether the file's own unit is one that its numbers bear out, so that its other stamps may be believed.</summary>
    public static bool ClaimHolds(RawKeypoints raw, LengthUnit resolved) =>
        raw.UnitClaim is null || Understand(raw.UnitClaim) == resolved;

    private static string Name(LengthUnit unit) => unit == LengthUnit.Metres ? "m" : "mm";

    private static string Reason(LengthUnit asked, LengthUnit bySize, LengthUnit unit) =>
        asked != LengthUnit.Auto ? "as asked" : bySize == unit ? "by the animal's size" : "as the file says";

    private static bool IsAnimal(double sizeM) => sizeM is >= MinimumM and <= MaximumM;

    private static LengthUnit Understand(string? claim) => claim?.Trim().ToLowerInvariant() switch
    {
        "m" or "metre" or "metres" or "meter" or "meters" => LengthUnit.Metres,
        "mm" or "millimetre" or "millimetres" or "millimeter" or "millimeters" => LengthUnit.Millimetres,
        _ => LengthUnit.Auto,
    };

    /// <summary>The median over frames of SpineF to TailBase, or of the whole animal's extent where these have other names.</summary>
    private static (double Size, string What) TypicalSize(RawKeypoints raw)
    {
        var names = raw.Names ?? (raw.KeypointCount == KeypointLayout.Rat23.Count ? [.. KeypointLayout.Rat23.Names] : []);
        int from = Array.IndexOf(names, "SpineF"), to = Array.IndexOf(names, "TailBase");
        var hasTrunk = from >= 0 && to >= 0;
        var sizes = new List<double>(raw.FrameCount);
        for (var f = 0; f < raw.FrameCount; f++)
        {
            var frame = raw.Positions.AsSpan(3 * f * raw.KeypointCount, 3 * raw.KeypointCount);
            var size = hasTrunk ? Distance(frame.Slice(3 * from, 3), frame.Slice(3 * to, 3)) : Extent(frame);
            if (double.IsFinite(size) && size > 0)
                sizes.Add(size);
        }
        sizes.Sort();
        return (sizes.Count > 0 ? sizes[sizes.Count / 2] : double.NaN, hasTrunk ? "SpineF to TailBase" : "the animal's extent");
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(((a[0] - b[0]) * (a[0] - b[0])) + ((a[1] - b[1]) * (a[1] - b[1])) + ((a[2] - b[2]) * (a[2] - b[2])));

    private static double Extent(ReadOnlySpan<double> frame)
    {
        Span<double> low = [double.MaxValue, double.MaxValue, double.MaxValue];
        Span<double> high = [double.MinValue, double.MinValue, double.MinValue];
        for (var i = 0; i < frame.Length; i++)
        {
            if (!double.IsFinite(frame[i]))
                continue;
            low[i % 3] = Math.Min(low[i % 3], frame[i]);
            high[i % 3] = Math.Max(high[i % 3], frame[i]);
        }
        return high[0] < low[0] ? double.NaN : Distance(low, high);
    }
}
