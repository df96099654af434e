using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ClosedLoop.Tests.Acquisition.OpenEphys;

/// <summary>Writes a small recording as the Open Ephys GUI 0.6 does, for tests to read or to break.</summary>
internal sealed class WrittenRecording
{
    public const int Channels = 5;

    public WrittenRecording(string root, params long[] numbers)
    {
        Folder = Path.Combine(root, "Record Node 101", "experiment1", "recording1");
        Stream = Path.Combine(Folder, "continuous", "Acquisition_Board-100.headstage");
        Lines = Path.Combine(Folder, "events", "Acquisition_Board-100.headstage", "TTL");
        Messages = Path.Combine(Folder, "events", "MessageCenter");
        foreach (var folder in new[] { Stream, Lines, Messages })
            Directory.CreateDirectory(folder);
        File.WriteAllText(Structure, StructureText(Channels));
        File.WriteAllBytes(Data, [.. Enumerable.Range(0, numbers.Length * Channels).SelectMany(i => BitConverter.GetBytes(Value(i / Channels, i % Channels)))]);
        File.WriteAllBytes(Numbers, Npy("<i8", numbers.Length, [.. numbers.SelectMany(BitConverter.GetBytes)]));
        File.WriteAllBytes(Path.Combine(Lines, "states.npy"), Npy("<i2", 3, [.. new short[] { 1, -1, 3 }.SelectMany(BitConverter.GetBytes)]));
        File.WriteAllBytes(Path.Combine(Lines, "sample_numbers.npy"), Npy("<i8", 3, [.. new long[] { 1003, 1008, 1010 }.SelectMany(BitConverter.GetBytes)]));
        File.WriteAllBytes(Path.Combine(Messages, "text.npy"), Npy("|S8", 2, [.. Encoding.UTF8.GetBytes("go\0\0\0\0\0\0stop now")]));
        File.WriteAllBytes(Path.Combine(Messages, "sample_numbers.npy"), Npy("<i8", 2, [.. new long[] { 1001, 1009 }.SelectMany(BitConverter.GetBytes)]));
    }

    public string Folder { get; }

    public string Stream { get; }

    public string Lines { get; }

    public string Messages { get; }

    public string Structure => Path.Combine(Folder, "structure.oebin");

    public string Data => Path.Combine(Stream, "continuous.dat");

    public string Numbers => Path.Combine(Stream, "sample_numbers.npy");

    /// <summary>The count that stands at a sample of a channel.</summary>
    public static short Value(int sample, int channel) => (short)((100 * channel) - sample);

    /// <summary>An array file with the head that NumPy writes.</summary>
    public static byte[] Npy(string type, int count, byte[] data)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({count},), }}");
        head = head.PadRight(64 - 10 + (64 * ((head.Length + 10) / 64)) - 1) + "\n";
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)head.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(head), .. data];
    }

    public static string StructureText(int channels) =>
        $$"""
        {
          "GUI version": "0.6.4",
          "continuous": [{
            "folder_name": "Acquisition_Board-100.headstage/", "sample_rate": 30000.0, "source_processor_name": "Acquisition Board", "source_processor_id": 100,
            "stream_name": "headstage", "recorded_processor": "Record Node", "recorded_processor_id": 101, "num_channels": {{channels}},
            "channels": [
              {{string.Join(",", Enumerable.Range(1, Channels).Select(i => $$"""{"channel_name": "{{(i < Channels ? $"CH{i}" : "ADC1")}}", "description": "", "identifier": "", "history": "", "bit_volts": {{(i < Channels ? "0.195" : "0.00015258789")}}, "units": "{{(i < Channels ? "uV" : "V")}}"}"""))}}
            ] }],
          "events": [
            {"folder_name": "Acquisition_Board-100.headstage/TTL/", "channel_name": "TTL", "description": "", "identifier": "", "sample_rate": 30000.0, "type": "int16", "source_processor": "Acquisition Board", "stream_name": "headstage", "initial_state": 0},
            {"folder_name": "MessageCenter/", "channel_name": "Messages", "description": "", "identifier": "", "sample_rate": 30000.0, "type": "string", "source_processor": "Message Center", "stream_name": "headstage"}],
          "spikes": []
        }
        """;
}
