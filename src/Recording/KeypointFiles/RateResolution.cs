using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Decides at how many frames per second a keypoint file was taken.</summary>
internal static class RateResolution
{
    /// <summary>The rate of the rat recordings that DANNCE was made for.</summary>
    public const double DefaultHz = 50;

    /// <summary>
    /// The rate, and whether the file's stamps are the animal's time; what was decided is added to the file's notes.
    /// NB: files whose unit is plainly wrong come from a converter that stamps every file with 30 frames per second;
    /// theirs are not believed.
    /// </summary>
    public static (double RateHz, bool StampsHold) Resolve(RawKeypoints raw, double? askedHz, LengthUnit unit, string path)
    {
        var claimedHz = ClaimedHz(raw, path);
        if (askedHz is { } asked)
        {
            raw.Notes.Add($"{asked:G6} frames per second as asked" + (claimedHz is { } c && !Near(c, asked) ? $"; the file claims {c:G6}" : ""));
            return (asked, claimedHz is { } same && Near(same, asked));
        }
        if (claimedHz is not { } claimed)
        {
            raw.Notes.Add($"{DefaultHz} frames per second, as usual for such files: the file has no time stamps");
            return (DefaultHz, false);
        }
        if (raw.RateHz is { } stated)
        {
            raw.Notes.Add($"{stated:G6} frames per second, as the file states");
            return (stated, raw.TimestampsS is not null);
        }
        if (UnitResolution.ClaimHolds(raw, unit))
        {
            raw.Notes.Add($"{claimed:G6} frames per second by the file's time stamps");
            return (claimed, true);
        }
        raw.Notes.Add(
            $"{DefaultHz} frames per second; the file's stamps say {claimed:G6}, but its unit is wrong, so its stamps are not believed (state the rate to overrule)");
        return (DefaultHz, false);
    }

    private static double? ClaimedHz(RawKeypoints raw, string path)
    {
        if (raw.TimestampsS is not { Length: > 1 } stamps)
            return raw.RateHz;
        var periods = new double[stamps.Length - 1];
        for (var i = 0; i < periods.Length; i++)
        {
            periods[i] = stamps[i + 1] - stamps[i];
            if (!(periods[i] > 0))
                throw ClosedLoopException.Failed($"the time stamps of '{path}' do not rise from frame {i} ({stamps[i]:G9} s) to frame {i + 1} ({stamps[i + 1]:G9} s)");
        }
        Array.Sort(periods);
        var median = periods[periods.Length / 2];
        var gaps = periods.Count(period => period > 1.5 * median);
        if (gaps > 0)
            raw.Notes.Add($"WARNING: the time stamps have {gaps} gap(s), the longest of {periods[^1] / median:F1} frame periods; frames are handed out without gaps");
        if (raw.RateHz is { } stated)
            return stated;
        // The mean over the whole is more exact than one period, but holds only where there are no gaps.
        var hz = gaps == 0 ? periods.Length / (stamps[^1] - stamps[0]) : 1 / median;
        return Near(hz, Math.Round(hz)) ? Math.Round(hz) : hz;
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-4 * b;
}
