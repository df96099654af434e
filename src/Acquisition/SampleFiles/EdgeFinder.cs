namespace ClosedLoop.Acquisition;

/// <summary>Finds the edges of digital lines in words that have a bit for each line.</summary>
/// <param name="mask">The bits that are lines; the others are left out.</param>
/// <param name="firstLine">Number of the line of the lowest bit.</param>
internal sealed class EdgeFinder(ushort mask, int firstLine = 0)
{
    private int _last = -1;

    /// <summary>The edges, in the order in which they were found. The first word's bits are where the lines stood, and no edges.</summary>
    public List<DigitalEdge> Edges { get; } = [];

    /// <summary>Takes the word of a sample.</summary>
    /// <param name="sample">The device's number of the sample.</param>
    /// <param name="word">The word.</param>
    public void Take(long sample, ushort word)
    {
        var lines = word & mask;
        if (_last >= 0 && lines != _last)
            for (var bit = 0; bit < 16; bit++)
                if (((lines ^ _last) >> bit & 1) != 0)
                    Edges.Add(new(sample, firstLine + bit, (lines >> bit & 1) != 0));
        _last = lines;
    }
}
