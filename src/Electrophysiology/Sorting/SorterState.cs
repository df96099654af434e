using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// What a chain has learnt, as a file: so that tomorrow's session begins sorted. Eight letters, a version, the length of
/// what follows and that: rate, template's lengths, tetrodes, and of each its noise, units and templates; then the
/// CRC-32 of it. Little-endian.
/// </summary>
public static class SorterState
{
    private const int Version = 2;

    private static readonly byte[] Letters = Encoding.ASCII.GetBytes("CLSORTER");

    /// <summary>Saves what a chain has learnt, whole or not at all.</summary>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public static void Save(string path, SpikeSortingChain chain)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            foreach (var number in Geometry(chain))
                writer.Write(number);
            foreach (var sorter in chain.Sorters)
                sorter.Write(writer);
        }
        var bytes = content.ToArray();
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Letters);
            writer.Write(Version);
            writer.Write(bytes.Length);
            writer.Write(bytes);
            writer.Write(Crc32.Compute(bytes));
        }
        WholeFile.Write(path, file.ToArray(), "sorter state");
    }

    /// <summary>Gives a chain what was saved; before its first block.</summary>
    /// <exception cref="ClosedLoopException">The file is not there, none of ours, damaged, or of other tetrodes than the chain's.</exception>
    public static void Load(string path, SpikeSortingChain chain) => Load(path, Read(path), chain);

    /// <summary>Reads a file that <see cref="Save"/> wrote, to be given to a chain later.</summary>
    /// <exception cref="ClosedLoopException">The file is not there.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the sorter state {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}", e);
        }
    }

    /// <summary>Gives a chain what was saved and read; before its first block.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="file">What <see cref="Read"/> gave.</param>
    /// <param name="chain">The chain.</param>
    /// <exception cref="ClosedLoopException">The file is none of ours, damaged, or of other tetrodes than the chain's.</exception>
    public static void Load(string path, byte[] file, SpikeSortingChain chain)
    {
        const int Head = 16;
        if (file.Length < Head || !file.AsSpan(0, Letters.Length).SequenceEqual(Letters))
            throw ClosedLoopException.Failed($"{path} is no sorter state: it does not begin as one; name a file that a session saved");
        if (BitConverter.ToInt32(file, 8) is var version && version != Version)
            throw ClosedLoopException.Failed($"the sorter state {path} is of version {version}, and this program reads version {Version}; learn anew, or use the program that saved it");
        var length = BitConverter.ToInt32(file, 12);
        if (length < 0 || file.Length != Head + (long)length + 4)
            throw ClosedLoopException.Failed($"the sorter state {path} is cut off: {file.Length} bytes, and {Head + (long)length + 4} were written; use another, or learn anew");
        if (Crc32.Compute(file.AsSpan(Head, length)) != BitConverter.ToUInt32(file, Head + length))
            throw ClosedLoopException.Failed($"the sorter state {path} is damaged: its checksum is wrong; use another, or learn anew");
        using var reader = new BinaryReader(new MemoryStream(file, Head, length));
        foreach (var number in Geometry(chain))
            if (reader.ReadDouble() is var saved && saved != number)
                throw ClosedLoopException.Usage($"the sorter state {path} is of other tetrodes, another rate or other templates than these ({saved} where {number} is): {chain.Sorters.Count} tetrodes at {chain.RateHz} samples a second; name the state of this rig, or learn anew");
        foreach (var sorter in chain.Sorters)
            if (!sorter.TryRead(reader))
                throw ClosedLoopException.Failed($"the sorter state {path} is damaged: what it says of tetrode {sorter.Tetrode} cannot be; use another, or learn anew");
    }

    /// <summary>What must be the same: rate, lengths, band, tetrodes and their channels.</summary>
    private static IEnumerable<double> Geometry(SpikeSortingChain chain)
    {
        var options = chain.Options;
        double[] numbers = [chain.RateHz, options.Sorting.Before, options.Sorting.After, options.LowHz, options.HighHz, options.Order, chain.Tetrodes.Count];
        return numbers.Concat(chain.Tetrodes.SelectMany(wires => wires.Select(wire => (double)wire).Prepend(wires.Count)));
    }
}
