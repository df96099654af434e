using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ClosedLoop.Tests.Acquisition.Axona;

/// <summary>Writes the spikes of a tetrode as Axona's DACQ does, for tests to read or to break.</summary>
internal sealed class WrittenTrial
{
    public const int Spikes = 5, Samples = 50;

    public WrittenTrial(string folder, int tetrode = 3)
    {
        (Folder, Tetrode) = (folder, tetrode);
        File.WriteAllBytes(SpikePath, SpikeBytes());
        File.WriteAllText(SetPath, string.Join("\r\n", ["trial_date Thursday, 31 Oct 2013", "ADC_fullscale_mv 1500", .. Enumerable.Range(0, 16).Select(channel => $"gain_ch_{channel} {1000 * (channel + 1)}"), ""]));
        File.WriteAllText(CutPath, CutText(Spikes, "  0  1  1\r\n 12  0"));
    }

    public string Folder { get; }

    public int Tetrode { get; }

    public string SpikePath => Path.Combine(Folder, $"trial.{Tetrode}");

    public string SetPath => Path.Combine(Folder, "trial.set");

    public string CutPath => Path.Combine(Folder, $"trial_{Tetrode}.cut");

    public static uint Ticks(int spike) => (uint)(2000 + (960 * spike));

    public static sbyte Value(int spike, int wire, int sample) => (sbyte)((40 * wire) - sample - spike);

    public static string CutText(int promised, string labels) =>
        $"n_clusters: 31\r\nn_channels: 4\r\n cluster: 0 center:    0    0\r\n               min:    0    0\r\n\r\nExact_cut_for: trial spikes: {promised}\r\n{labels}";

    /// <summary>A file of spikes with one thing in it changed.</summary>
    public static byte[] SpikeBytes(string? header = null, string instead = "", Action<byte[]>? change = null)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"trial_date Thursday, 31 Oct 2013\r\ntrial_time 17:20:11\r\nexperimenter \r\nnum_chans 4\r\ntimebase 96000 hz\r\nbytes_per_timestamp 4\r\nsamples_per_spike {Samples}\r\nsample_rate 48000 hz\r\nbytes_per_sample 1\r\nspike_format t,ch1,t,ch2,t,ch3,t,ch4\r\nnum_spikes {Spikes}      \r\ndata_start");
        var data = new byte[Spikes * 4 * (4 + Samples)];
        for (var spike = 0; spike < Spikes; spike++)
            for (var wire = 0; wire < 4; wire++)
            {
                var record = data.AsSpan(((spike * 4) + wire) * (4 + Samples));
                BinaryPrimitives.WriteUInt32BigEndian(record, Ticks(spike));
                for (var sample = 0; sample < Samples; sample++)
                    record[4 + sample] = (byte)Value(spike, wire, sample);
            }
        change?.Invoke(data);
        return [.. Encoding.Latin1.GetBytes(header is null ? head : head.Replace(header, instead, StringComparison.Ordinal)), .. data, .. "\r\ndata_end\r\n"u8];
    }
}
