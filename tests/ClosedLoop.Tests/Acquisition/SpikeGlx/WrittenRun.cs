namespace ClosedLoop.Tests.Acquisition.SpikeGlx;

/// <summary>Writes a small run as SpikeGLX does, by its guides to the metadata, for tests to read or to break.</summary>
internal sealed class WrittenRun
{
    /// <summary>Electrodes 1, 2 and 4 of a Neuropixels 1.0 probe of six, action potentials, and the sync word.</summary>
    public const string Np1 = """
        acqApLfSy=6,6,1
        firstSample=70000
        imAiRangeMax=0.6
        imDatPrb_type=0
        imSampRate=30000.25
        nSavedChans=4
        snsApLfSy=3,0,1
        snsSaveChanSubset=1:2,4,12
        typeThis=imec
        ~imroTbl=(0,6)(0 0 0 500 250 1)(1 0 0 1000 250 1)(2 0 0 1500 125 1)(3 0 0 500 250 1)(4 0 0 250 50 1)(5 0 0 500 250 1)
        ~snsChanMap=(6,6,1)(AP0;0:0)
        """;

    public const string Nidq = """
        firstSample=70000
        niAiRangeMax=5
        niMAGain=2
        niMNGain=200
        niSampRate=25000
        nSavedChans=4
        snsMnMaXaDw=1,1,1,1
        snsSaveChanSubset=all
        typeThis=nidq
        """;

    public const int Channels = 4;

    public WrittenRun(string folder, string meta, int samples, string band = "imec0.ap")
    {
        Directory.CreateDirectory(folder);
        Data = Path.Combine(folder, $"rat_g0_t0.{band}.bin");
        Meta = Path.ChangeExtension(Data, "meta");
        File.WriteAllBytes(Data, [.. Enumerable.Range(0, samples * Channels).SelectMany(i => BitConverter.GetBytes(Value(i / Channels, i % Channels)))]);
        Describe($"{meta}\nfileSizeBytes={samples * Channels * 2}\n");
    }

    public string Data { get; }

    public string Meta { get; }

    /// <summary>Counts; the last channel is a word whose bit 6 is high for ten of twenty samples.</summary>
    public static short Value(int sample, int channel) => (short)(channel == Channels - 1 ? (sample / 10 % 2 << 6) : (100 * channel) - sample);

    public void Describe(string meta) => File.WriteAllText(Meta, meta);
}
