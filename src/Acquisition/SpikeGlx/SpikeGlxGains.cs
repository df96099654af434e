using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The gains of the electrodes of an imec probe, as SpikeGLX's guides to its metadata say: for Neuropixels 1.0 an entry of
/// imroTbl for each electrode has them, for the probes of 1110 type its head, and probes of the second generation have
/// one gain for all.
/// </summary>
internal static class SpikeGlxGains
{
    private static readonly string[] _second = ["21", "24", "2003", "2004", "2013", "2014", "2020", "2021"];
    private static readonly string[] _first = ["0", "1015", "1016", "1022", "1030", "1031", "1032", "1100", "1120", "1121", "1122", "1123", "1200", "1300"];

    /// <summary>The gain of an electrode of the action potential band (<paramref name="band"/> 0) or of the local field potential band (1).</summary>
    /// <param name="meta">The metadata.</param>
    /// <param name="electrode">The electrode's number on the probe.</param>
    /// <param name="band">Which band.</param>
    /// <exception cref="ClosedLoopException">It does not say, or is of a probe whose gains are not known.</exception>
    public static double Of(SpikeGlxMeta meta, int electrode, int band)
    {
        // NB: the first probes (phase 3A) had no type.
        var type = meta.Has("imDatPrb_type") ? meta.Text("imDatPrb_type") : "0";
        if (_first.Contains(type))
            return FromEntry(meta, electrode + 1, ' ', 3 + band);
        if (type == "1110")
            return FromEntry(meta, 0, ',', 3 + band);
        // Local fields of the second generation are made from the one band that there is.
        if (meta.Has("imChan0apGain"))
            return band == 1 && meta.Has("imChan0lfGain") ? meta.Above0("imChan0lfGain") : meta.Above0("imChan0apGain");
        if (_second.Contains(type))
            return type is "21" or "24" ? 80 : throw ClosedLoopException.Failed($"'{meta.Path}' does not say 'imChan0apGain', which is the gain of its probe (imDatPrb_type {type})");
        throw ClosedLoopException.Failed($"'{meta.Path}' is of a probe whose gains are not known here (imDatPrb_type={type}), and does not say 'imChan0apGain'; add that line with the probe's gain");
    }

    private static double FromEntry(SpikeGlxMeta meta, int entry, char between, int place)
    {
        var table = meta.Table("imroTbl");
        if (entry >= table.Length)
            throw ClosedLoopException.Failed($"'{meta.Path}' has an imroTbl of {table.Length - 1} electrodes, and electrode {entry - 1} was saved; the file is damaged, copy it again");
        var words = table[entry].Split(between);
        return place < words.Length && SpikeGlxMeta.TryAbove0(words[place], out var gain)
            ? gain
            : throw ClosedLoopException.Failed($"'{meta.Path}' has the entry '({table[entry]})' in imroTbl, and a gain above 0 should be in place {place + 1} of it");
    }
}
