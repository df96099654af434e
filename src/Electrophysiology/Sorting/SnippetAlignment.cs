namespace ClosedLoop.Electrophysiology;

/// <summary>Cuts snippets out of events where the spike's trough is, to a part of a sample.</summary>
internal static class SnippetAlignment
{
    /// <summary>Where the trough is relative to the event's own, in samples: of all wires together, each weighted by how deep it is there.</summary>
    public static float Trough(ReadOnlySpan<float> window, ReadOnlySpan<float> levels, SortingOptions options)
    {
        const int Reach = 3;
        var (size, centre) = (options.Window, options.Margin + options.Before);
        Span<float> sum = stackalloc float[(2 * Reach) + 3];
        sum.Clear();
        for (var w = 0; w < levels.Length; w++)
        {
            if (!(levels[w] > 0))
                continue;
            var weight = Math.Max(0, -window[(w * size) + centre]) / (levels[w] * levels[w]);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += weight * window[(w * size) + centre + i - Reach - 1];
        }
        var lowest = Reach + 1;
        for (var i = 1; i + 1 < sum.Length; i++)
            if (sum[i] < sum[lowest])
                lowest = i;
        var curvature = sum[lowest - 1] - (2 * sum[lowest]) + sum[lowest + 1];
        var part = curvature > 0 ? Math.Clamp((sum[lowest - 1] - sum[lowest + 1]) / (2 * curvature), -0.5f, 0.5f) : 0;
        return lowest - Reach - 1 + part;
    }

    /// <summary>Cuts a snippet, by the cubic through the four samples around each place.</summary>
    /// <param name="window">The event, wire by wire.</param>
    /// <param name="shift">Samples from the event's trough to the snippet's, less than the margin but for two.</param>
    /// <param name="options">Lengths.</param>
    /// <param name="snippet">Receives it, wire by wire.</param>
    public static void Cut(ReadOnlySpan<float> window, float shift, SortingOptions options, Span<float> snippet)
    {
        var (size, length) = (options.Window, options.Length);
        var whole = (int)MathF.Floor(shift);
        var u = shift - whole;
        var (a, b, c, d) = (-u * (u - 1) * (u - 2) / 6, (u + 1) * (u - 1) * (u - 2) / 2, -(u + 1) * u * (u - 2) / 2, (u + 1) * u * (u - 1) / 6);
        for (var w = 0; w < window.Length / size; w++)
        {
            var from = window.Slice((w * size) + options.Margin + whole - 1, length + 3);
            for (var i = 0; i < length; i++)
                snippet[(w * length) + i] = (a * from[i]) + (b * from[i + 1]) + (c * from[i + 2]) + (d * from[i + 3]);
        }
    }
}
