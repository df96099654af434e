namespace ClosedLoop.Tests.Acquisition.Raw;

/// <summary>Writes bare int16 samples and the YAML file that describes them.</summary>
internal sealed class WrittenRaw
{
    public const int Channels = 6;

    public const string Yaml = """
        file: samples.bin
        channels: 6
        rate_hz: 30000
        microvolts_per_count: 0.195
        tetrodes: [[0, 1, 2, 5], [4, 3]]
        first_sample: 5000000000
        """;

    public WrittenRaw(string folder, int samples)
    {
        Folder = folder;
        File.WriteAllText(Description, Yaml);
        File.WriteAllBytes(Data, [.. Enumerable.Range(0, samples * Channels).SelectMany(i => BitConverter.GetBytes(Value(i / Channels, i % Channels)))]);
    }

    public string Folder { get; }

    public string Description => Path.Combine(Folder, "raw.yaml");

    public string Data => Path.Combine(Folder, "samples.bin");

    public static short Value(int sample, int channel) => (short)((1000 * channel) - (7 * sample));
}
