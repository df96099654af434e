using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Commands;

/// <summary>The value of <c>--episodes</c>: episodes of so many seconds, started every so many frames.</summary>
/// <param name="Seconds">Length of an episode, seconds of the animal's time.</param>
/// <param name="EveryFrames">Frames between two starts.</param>
internal readonly record struct EpisodePlan(double Seconds, int EveryFrames)
{
    /// <summary>Reads "SECONDS:EVERY_FRAMES".</summary>
    /// <exception cref="ClosedLoopException">It is something else.</exception>
    public static EpisodePlan Parse(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && double.IsFinite(seconds)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var every) && every > 0
            ? new(seconds, every)
            : throw ClosedLoopException.Usage($"--episodes {text} is no plan; write SECONDS:EVERY_FRAMES, as in 2:20 for episodes of 2 s started every 20 frames");
    }
}
