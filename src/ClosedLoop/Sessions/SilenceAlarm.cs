using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>Says once when a watched stream has fallen silent, and once when it is back. One thread.</summary>
/// <param name="watch">The stream.</param>
/// <param name="meaning">What its silence means, the rest of a sentence.</param>
internal sealed class SilenceAlarm(StreamWatch watch, string meaning)
{
    private long _told;
    private SessionTime? _silentSince;

    /// <summary>What has changed since the last look, a sentence; null where nothing has.</summary>
    public string? Look(SessionTime now)
    {
        var stream = watch.Look(now);
        if (stream.IsStalled && _silentSince is null)
        {
            _silentSince = now + (long)(-1e9 * stream.SilenceS);
            _told = stream.Stalls;
            var since = stream.Received == 0 ? $"yet, {stream.SilenceS:F1} s after the start" : $"for {stream.SilenceS:F1} s";
            return $"NO {stream.Name.ToUpperInvariant()} {since}: {meaning}";
        }
        if (!stream.IsStalled && _silentSince is { } began)
        {
            _silentSince = null;
            // Where nothing more is expected it has ended, and not come back.
            return double.IsNaN(stream.SilenceS) ? null : $"{stream.Name} are back after {(now - began) / 1e9:F1} s";
        }
        if (!stream.IsStalled && stream.Stalls > _told)
        {
            // It fell between two looks.
            _told = stream.Stalls;
            return $"{stream.Name} had stopped and are back; the longest silence was {stream.LongestSilenceS:F1} s";
        }
        return null;
    }
}
