namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Whether numbers come from one mode or from more, without saying of what shape: the test of ISO-SPLIT (Magland and
/// Barnett 2015, arXiv:1508.04841). Their density, coarser where they are few, is fitted by the nearest one that rises and
/// then falls; how far the two differ, as Kolmogorov and Smirnov measure it, is the dip. It is also measured on shorter and
/// shorter pieces of both flanks, so that a small mode beside a large one shows.
/// </summary>
internal static class IsoCut
{
    /// <summary>Tests numbers.</summary>
    /// <param name="sorted">In ascending order.</param>
    /// <returns>The dip (of one mode hardly ever above 1), and where to cut if there are two.</returns>
    public static (double Dip, double Cut) Test(ReadOnlySpan<float> sorted)
    {
        var n = sorted.Length;
        if (n < 8)
            return (0, 0);
        // Bins hold few numbers at the ends and most in the middle.
        var bins = Math.Min(n - 1, (int)Math.Ceiling(Math.Sqrt(2.0 * n)));
        var total = 0.0;
        for (var i = 0; i < bins; i++)
            total += Math.Min(i, bins - 1 - i) + 1;
        Span<double> edges = stackalloc double[bins + 1], counts = stackalloc double[bins], widths = stackalloc double[bins], density = stackalloc double[bins], fit = stackalloc double[bins];
        var (sum, last, used) = (0.0, 0, 0);
        edges[0] = sorted[0];
        for (var i = 0; i < bins; i++)
        {
            sum += (Math.Min(i, bins - 1 - i) + 1) * (n - 1) / total;
            var at = i == bins - 1 ? n - 1 : (int)sum;
            var width = sorted[at] - sorted[last];
            if (at == last || !(width > 0))
                continue;
            (counts[used], widths[used], density[used], edges[used + 1]) = (at - last, width, (at - last) / width, sorted[at]);
            used++;
            last = at;
        }
        if (used < 4)
            return (0, 0);
        counts = counts[..used];
        widths = widths[..used];
        density = density[..used];
        fit = fit[..used];
        UpDown(density, counts, fit);
        Span<double> expected = stackalloc double[used];
        var peak = 0;
        for (var i = 0; i < used; i++)
        {
            expected[i] = fit[i] * widths[i];
            if (fit[i] > fit[peak])
                peak = i;
        }
        var (dip, from, to) = (0.0, 0, used);
        for (var length = peak + 1; length >= 4 || length == peak + 1; length /= 2)
            if (Distance(counts[..length], expected[..length]) is var found && found > dip)
                (dip, from, to) = (found, 0, length);
        for (var length = used - peak; length >= 4 || length == used - peak; length /= 2)
            if (Distance(counts[^length..], expected[^length..]) is var found && found > dip)
                (dip, from, to) = (found, used - length, used);
        // The cut is where the density falls short of the fit most, once what is left over has been made to fall and rise.
        Span<double> shortfall = stackalloc double[to - from], smooth = stackalloc double[to - from];
        for (var i = from; i < to; i++)
            shortfall[i - from] = fit[i] - density[i];
        UpDown(shortfall, widths[from..to], smooth);
        var cut = 0;
        for (var i = 1; i < smooth.Length; i++)
            if (smooth[i] > smooth[cut])
                cut = i;
        var end = cut;
        while (end + 1 < smooth.Length && smooth[end + 1] >= smooth[cut])
            end++;
        return (dip, (edges[from + cut] + edges[from + end + 1]) / 2);
    }

    private static double Distance(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected)
    {
        var (all, wanted, most) = (0.0, 0.0, 0.0);
        for (var i = 0; i < counts.Length; i++)
        {
            all += counts[i];
            wanted += expected[i];
        }
        if (!(all > 0 && wanted > 0))
            return 0;
        var (a, b) = (0.0, 0.0);
        for (var i = 0; i < counts.Length; i++)
        {
            a += counts[i] / all;
            b += expected[i] / wanted;
            most = Math.Max(most, Math.Abs(a - b));
        }
        return most * Math.Sqrt((all + wanted) / 2);
    }

    /// <summary>The weighted least-squares fit that rises up to some place and falls from there.</summary>
    private static void UpDown(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, Span<double> fit)
    {
        var n = values.Length;
        Span<double> reversed = stackalloc double[n], reversedWeights = stackalloc double[n], rising = stackalloc double[n], falling = stackalloc double[n];
        for (var i = 0; i < n; i++)
            (reversed[i], reversedWeights[i]) = (values[n - 1 - i], weights[n - 1 - i]);
        Rise(values, weights, rising, fit);
        Rise(reversed, reversedWeights, falling, fit);
        // Errors of the fits of the first i + 1 numbers rising and of the rest falling.
        var (best, error) = (n - 1, rising[n - 1]);
        for (var i = 0; i + 1 < n; i++)
            if (rising[i] + falling[n - 2 - i] is var sum && sum < error)
                (best, error) = (i, sum);
        Rise(values[..(best + 1)], weights[..(best + 1)], rising, fit[..(best + 1)]);
        if (best + 1 < n)
        {
            Rise(reversed[..(n - 1 - best)], reversedWeights[..(n - 1 - best)], falling, fit[(best + 1)..]);
            fit[(best + 1)..].Reverse();
        }
    }

    /// <summary>Pools adjacent violators: the fit that never falls, and the error of the fit of every beginning.</summary>
    private static void Rise(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, Span<double> errors, Span<double> fit)
    {
        var n = values.Length;
        Span<double> mean = stackalloc double[n], weight = stackalloc double[n];
        Span<int> size = stackalloc int[n];
        var (blocks, error) = (0, 0.0);
        for (var i = 0; i < n; i++)
        {
            (mean[blocks], weight[blocks], size[blocks]) = (values[i], weights[i], 1);
            blocks++;
            while (blocks > 1 && mean[blocks - 2] >= mean[blocks - 1])
            {
                var (a, b) = (blocks - 2, blocks - 1);
                var both = weight[a] + weight[b];
                error += weight[a] * weight[b] / both * (mean[a] - mean[b]) * (mean[a] - mean[b]);
                (mean[a], weight[a], size[a]) = (((mean[a] * weight[a]) + (mean[b] * weight[b])) / both, both, size[a] + size[b]);
                blocks--;
            }
            errors[i] = error;
        }
        for (int b = 0, at = 0; b < blocks; at += size[b], b++)
            fit.Slice(at, size[b]).Fill(mean[b]);
    }
}
