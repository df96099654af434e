using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The channel of a stream of samples on which sync pulses are seen, and when it is high.</summary>
public sealed record SyncLine
{
    /// <summary>The channel's place in a sample.</summary>
    public required int Channel { get; init; }

    /// <summary>The bit of a digital word that is the line; null: the channel is analog.</summary>
    public int? Bit { get; init; }

    /// <summary>Analog: at this or more the line is high, counts.</summary>
    public int High { get; init; }

    /// <summary>Analog: at this or less it is low again; between the two it stays what it was, so that noise makes no pulses.</summary>
    public int Low { get; init; }

    /// <summary>The line on a channel of this name.</summary>
    /// <param name="channels">The stream's channels.</param>
    /// <param name="name">The channel; a line of Intan's digital inputs, as in DIGITAL-IN-03, is found in the word of all of them.</param>
    /// <param name="bit">The bit of a digital word, where the name does not say it.</param>
    /// <param name="threshold">Analog: the middle between low and high, in the channel's unit.</param>
    /// <exception cref="ClosedLoopException">There is no such channel, or it is of the other kind.</exception>
    public static SyncLine Of(IReadOnlyList<SampleChannel> channels, string name, int? bit, double threshold)
    {
        var place = -1;
        for (var i = 0; i < channels.Count && place < 0; i++)
            if (channels[i].Name == name)
                place = i;
        if (place < 0)
            throw ClosedLoopException.Usage($"the sync pulses are to come on the channel '{name}'{Spelling.Suggest(name, [.. channels.Select(channel => channel.Name)])}, which the samples do not have; they have {Some(channels)}");
        if (channels[place].Unit.Length == 0)
            return new() { Channel = place, Bit = bit ?? 0 };
        if (bit is not null)
            throw ClosedLoopException.Usage($"the channel '{name}' of the sync pulses is analog ({channels[place].Unit}) and has no bits; leave the bit out and give a threshold");
        var middle = threshold / channels[place].UnitsPerCount;
        if (!(middle is >= 1 and < short.MaxValue))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"a threshold of {threshold} {channels[place].Unit} is outside what the channel '{name}' of the sync pulses can hold, above 0 and below {short.MaxValue * channels[place].UnitsPerCount:G4}"));
        return new() { Channel = place, High = (int)Math.Ceiling(1.2 * middle) is var high && high <= short.MaxValue ? high : short.MaxValue, Low = (int)(0.8 * middle) };
    }

    private static string Some(IReadOnlyList<SampleChannel> channels) =>
        string.Join(", ", channels.Take(4).Select(channel => channel.Name)) + (channels.Count > 4 ? $" ... {channels[^1].Name}" : "");
}
