using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Frames <paramref name="From"/> (included) to <paramref name="To"/> (not included; null: the end of the file).</summary>
/// <param name="From">First frame, counted from 0.</param>
/// <param name="To">The frame after the last.</param>
public readonly record struct FrameRange(int From, int? To)
{
    /// <summary>Reads "A:B", "A:" or ":B".</summary>
    /// <exception cref="ClosedLoopException">It is something else, or empty.</exception>
    public static FrameRange Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length == 2
            && TryParse(parts[0], 0, out var from)
            && TryParse(parts[1], null, out var to)
            && !(to <= from))
            return new(from!.Value, to);
        throw ClosedLoopException.Usage($"'{text}' is not a range of frames; write A:B with A < B, frames counted from 0 and B not included, as in 0:600");
    }

    /// <summary>This range, where there are so many frames.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="path">The file that has them, for the message.</param>
    /// <exception cref="ClosedLoopException">It reaches beyond them.</exception>
    public FrameRange Within(long count, string path) => From >= count || To > count
        ? throw ClosedLoopException.Usage($"the frames {this} were asked for, but '{path}' has the frames 0:{count}")
        : this;

    /// <inheritdoc/>
    public override string ToString() => $"{From}:{To}";

    private static bool TryParse(string text, int? whenEmpty, out int? value)
    {
        value = whenEmpty;
        if (text.Length == 0)
            return true;
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        value = number;
        return isNumber;
    }
}
