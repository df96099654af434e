using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The spikes of one tetrode of an Axona DACQ trial (the files .1 to .32), with the gains of the .set file beside it:
/// snippets around threshold crossings, and not a recording between them. Held whole, about 200 bytes a spike. (Format: the
/// files' own header, and the reader of pyxona.)
/// </summary>
/// <remarks>
/// A record is, wire after wire, the time of the spike (big-endian, in ticks of <c>timebase</c>) and int8 samples.
/// NB: the large peak of a spike goes up here, where samples of other systems have it go down: turn the sign before both go
/// one way.
/// </remarks>
public sealed class AxonaTetrode
{
    private const int TimeBytes = 4;

    private readonly byte[] _file;
    private readonly int _dataStart;

    private AxonaTetrode(string path, byte[] file)
    {
        (Path, _file) = (path, file);
        Number = int.TryParse(System.IO.Path.GetExtension(path).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw ClosedLoopException.Usage($"'{path}' is not named as the spikes of a tetrode are: the number of the tetrode is the ending, as in trial.1");
        var header = AxonaHeader.OfData(path, file, out _dataStart);
        Wires = header.Integer("num_chans", 1, 4);
        SamplesPerSpike = header.Integer("samples_per_spike", 1, 10000);
        header.Integer("bytes_per_sample", 1, 1);
        header.Integer("bytes_per_timestamp", TimeBytes, TimeBytes);
        (TimebaseHz, RateHz) = (header.Above0("timebase"), header.Above0("sample_rate"));
        var layout = string.Join(',', Enumerable.Range(1, Wires).Select(wire => $"t,ch{wire}"));
        if (header.Text("spike_format") is var said && said != layout)
            throw ClosedLoopException.Failed($"'{path}' has the spike_format '{said}', and '{layout}' is read");
        Count = header.Integer("num_spikes", 0, int.MaxValue);
        var end = _dataStart + ((long)Count * RecordBytes);
        if (end > file.Length || !file.AsSpan((int)end).StartsWith("\r\ndata_end"u8))
            throw ClosedLoopException.Failed($"'{path}' promises {Count} spikes of {RecordBytes} bytes, and 'data_end' does not stand behind them ({file.Length - _dataStart} bytes are there): it was cut off or damaged, copy it again");
        for (var spike = 0; spike < Count; spike++)
            CheckTime(spike);
        MicrovoltsPerCount = Scales();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of the tetrode, from 1.</summary>
    public int Number { get; }

    /// <summary>Number of wires, 4 but for single electrodes and stereotrodes.</summary>
    public int Wires { get; }

    /// <summary>Samples of a snippet on one wire (50: 10 before the crossing, 40 from it on).</summary>
    public int SamplesPerSpike { get; }

    /// <summary>Samples per second of a snippet.</summary>
    public double RateHz { get; }

    /// <summary>Ticks per second of <see cref="Ticks"/>.</summary>
    public double TimebaseHz { get; }

    /// <summary>Number of spikes, in order of time.</summary>
    public int Count { get; }

    /// <summary>What one count is on each wire, in microvolts.</summary>
    public IReadOnlyList<double> MicrovoltsPerCount { get; }

    private int RecordBytes => Wires * (TimeBytes + SamplesPerSpike);

    /// <summary>Reads a file of spikes, and its trial's .set file.</summary>
    /// <param name="path">The file, whose ending is the number of the tetrode.</param>
    /// <exception cref="ClosedLoopException">One of them cannot be read, is truncated, or is not as DACQ writes it.</exception>
    public static AxonaTetrode Open(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > 1 << 30 } large)
                throw ClosedLoopException.Failed($"'{path}' has {large.Length} bytes, and spikes of up to 1 GiB are read whole");
            return new(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the spikes '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>When a spike was, in ticks of <see cref="TimebaseHz"/> since the trial began.</summary>
    public long Ticks(int spike) => BinaryPrimitives.ReadUInt32BigEndian(Record(spike));

    /// <summary>When a spike was, in seconds since the trial began.</summary>
    public double Seconds(int spike) => Ticks(spike) / TimebaseHz;

    /// <summary>The snippet of a spike on one wire, in counts.</summary>
    public ReadOnlySpan<sbyte> Counts(int spike, int wire)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)wire, (uint)Wires);
        return MemoryMarshal.Cast<byte, sbyte>(Record(spike).Slice((wire * (TimeBytes + SamplesPerSpike)) + TimeBytes, SamplesPerSpike));
    }

    /// <summary>Writes the snippet of a spike in microvolts, wire by wire.</summary>
    /// <param name="spike">Which spike.</param>
    /// <param name="snippet">Takes <see cref="Wires"/> times <see cref="SamplesPerSpike"/> numbers.</param>
    public void Microvolts(int spike, Span<float> snippet)
    {
        for (var wire = 0; wire < Wires; wire++)
        {
            var counts = Counts(spike, wire);
            var target = snippet.Slice(wire * SamplesPerSpike, SamplesPerSpike);
            var scale = (float)MicrovoltsPerCount[wire];
            for (var i = 0; i < counts.Length; i++)
                target[i] = counts[i] * scale;
        }
    }

    /// <summary>Reads which cluster each spike was put into: from the file named, or from trial_N.cut or trial.clu.N beside the spikes.</summary>
    /// <returns>Null where there is none beside them.</returns>
    /// <exception cref="ClosedLoopException">The file named is not there, is broken, or is of another number of spikes.</exception>
    public AxonaCut? ReadCut(string? path = null)
    {
        var trial = System.IO.Path.ChangeExtension(Path, null);
        path ??= new[] { $"{trial}_{Number}.cut", $"{trial}.clu.{Number}" }.FirstOrDefault(File.Exists);
        if (path is null)
            return null;
        var cut = AxonaCut.Read(path);
        return cut.Labels.Count == Count
            ? cut
            : throw ClosedLoopException.Failed($"'{path}' cuts {cut.Labels.Count} spikes, and '{Path}' has {Count}: they are not of one trial and tetrode, or one was cut off");
    }

    private ReadOnlySpan<byte> Record(int spike)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)spike, (uint)Count);
        return _file.AsSpan(_dataStart + (spike * RecordBytes), RecordBytes);
    }

    private void CheckTime(int spike)
    {
        var record = Record(spike);
        var ticks = Ticks(spike);
        for (var wire = 1; wire < Wires; wire++)
            if (BinaryPrimitives.ReadUInt32BigEndian(record[(wire * (TimeBytes + SamplesPerSpike))..]) is var other && other != ticks)
                throw ClosedLoopException.Failed($"'{Path}' has spike {spike} at {ticks} ticks on the first wire and at {other} on wire {wire + 1}: it is damaged, copy it again");
        if (spike > 0 && ticks < Ticks(spike - 1))
            throw ClosedLoopException.Failed($"'{Path}' goes back at spike {spike}, from {Ticks(spike - 1)} to {ticks} ticks: it is damaged, copy it again");
    }

    /// <summary>Microvolts: int8 spans the converter's range in front of which the amplifier's gain lies. Each wire has a channel of its own.</summary>
    private double[] Scales()
    {
        var settings = AxonaHeader.OfSettings(System.IO.Path.ChangeExtension(Path, "set"));
        var fullScaleMillivolts = settings.Above0("ADC_fullscale_mv");
        // NB: channels go by fours to tetrodes, also where a tetrode has fewer wires.
        return [.. Enumerable.Range(0, Wires).Select(wire => fullScaleMillivolts * 1000 / 128 / settings.Above0($"gain_ch_{((Number - 1) * 4) + wire}"))];
    }
}
