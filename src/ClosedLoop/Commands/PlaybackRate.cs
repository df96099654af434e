using System.CommandLine;
using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Commands;

/// <summary>The option <c>--rate</c>: how fast a file is played.</summary>
internal static class PlaybackRate
{
    /// <summary>The option, for one verb.</summary>
    public static Option<string> CreateOption() => new("--rate")
    {
        Description = "How fast to play: 1 is real time, max as fast as possible.",
        HelpName = "1|max",
        DefaultValueFactory = _ => "max",
    };

    /// <summary>The rate; null: as fast as possible.</summary>
    /// <exception cref="ClosedLoopException">The text is no rate.</exception>
    public static double? Parse(string text)
    {
        if (text == "max")
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate > 0 && double.IsFinite(rate)
            ? rate
            : throw ClosedLoopException.Usage($"--rate {text} is no rate; give 1 for real time, another factor as in 2 or 0.5, or max");
    }
}
