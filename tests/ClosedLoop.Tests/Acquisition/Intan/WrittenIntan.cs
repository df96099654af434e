using System.Text;
using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>
/// Writes a small recording as the software of Intan's RHD2000 systems does, by the bytes of its application note, for
/// tests to read or to break: five electrodes of port A (a sixth is off, as is port B), three auxiliary inputs, a supply
/// voltage, two analog inputs, digital inputs 0 and 3, one digital output.
/// </summary>
internal sealed class WrittenIntan
{
    public const int Electrodes = 5;

    private readonly Version _version;

    public WrittenIntan(string folder, IntanFormat format, Version? version = null, params long[] numbers)
    {
        (Folder, _version) = (folder, version ?? new(3, 1));
        Directory.CreateDirectory(folder);
        switch (format)
        {
            case IntanFormat.OneFile: File.WriteAllBytes(Rhd = Path.Combine(folder, "rat_251128_190000.rhd"), [.. Head(), .. Blocks(numbers)]); break;
            case IntanFormat.FilePerSignal:
                WriteInfo(numbers);
                Write("amplifier.dat", Enumerable.Range(0, numbers.Length * Electrodes).Select(i => Value(i / Electrodes, i % Electrodes)));
                Write("digitalin.dat", numbers.Select((_, sample) => (short)Word(sample)));
                Write("digitalout.dat", numbers.Select((_, sample) => (short)Output(sample)));
                Write("auxiliary.dat", Enumerable.Range(0, numbers.Length * 3).Select(i => (short)Auxiliary(i / 3 / 4 * 4, i % 3)));
                Write("supply.dat", numbers.Select((_, sample) => (short)Supply(sample / BlockSamples * BlockSamples)));
                Write("analogin.dat", Enumerable.Range(0, numbers.Length * 2).Select(i => (short)Analog(i / 2, i % 2)));
                break;
            default:
                WriteInfo(numbers);
                for (var electrode = 0; electrode < Electrodes; electrode++)
                    Write($"amp-A-{electrode:000}.dat", numbers.Select((_, sample) => Value(sample, electrode)));
                Write("board-DIGITAL-IN-00.dat", numbers.Select((_, sample) => (short)(Word(sample) & 1)));
                Write("board-DIGITAL-IN-03.dat", numbers.Select((_, sample) => (short)(Word(sample) >> 3 & 1)));
                Write("board-DIGITAL-OUT-01.dat", numbers.Select((_, sample) => (short)(Output(sample) >> 1 & 1)));
                for (var channel = 0; channel < 3; channel++)
                    Write($"aux-A-AUX{channel + 1}.dat", numbers.Select((_, sample) => (short)Auxiliary(sample / 4 * 4, channel)));
                Write("vdd-A-VDD1.dat", numbers.Select((_, sample) => (short)Supply(sample / BlockSamples * BlockSamples)));
                for (var channel = 0; channel < 2; channel++)
                    Write($"board-ANALOG-IN-{channel}.dat", numbers.Select((_, sample) => (short)Analog(sample, channel)));
                break;
        }
    }

    public string Folder { get; }

    public string Rhd { get; private set; } = "";

    /// <summary>Samples of a block.</summary>
    public int BlockSamples => _version.Major > 1 ? 128 : 60;

    /// <summary>Bytes of a block: numbers, electrodes, auxiliary, supply, temperature, analog, digital in and out.</summary>
    public int BlockBytes => (4 * BlockSamples) + (2 * ((BlockSamples * (Electrodes + 2 + 2)) + (3 * BlockSamples / 4) + 1 + Temperatures));

    private int Temperatures => _version >= new Version(1, 1) ? 2 : 0;

    /// <summary>The signed count at a sample of an electrode.</summary>
    public static short Value(int sample, int electrode) => (short)((3000 * electrode) - 6000 - (11 * sample));

    /// <summary>The digital inputs: line 0 is high from sample 10 on, line 3 from sample 20 to 29; line 5 is not enabled.</summary>
    public static ushort Word(int sample) => (ushort)((sample >= 10 ? 1 : 0) | (sample is >= 20 and < 30 ? 8 : 0) | (sample % 2 << 5));

    /// <summary>The digital outputs: line 1 is high from sample 50 to 59.</summary>
    public static ushort Output(int sample) => (ushort)(sample is >= 50 and < 60 ? 2 : 0);

    /// <summary>The number of an auxiliary input, taken at every fourth sample.</summary>
    public static ushort Auxiliary(int sample, int channel) => (ushort)(40_000 + (1000 * channel) + sample);

    /// <summary>The number of the supply voltage, taken at the first sample of a block.</summary>
    public static ushort Supply(int sample) => (ushort)(44_000 + sample);

    /// <summary>The number of an analog input.</summary>
    public static ushort Analog(int sample, int channel) => (ushort)(20_000 + (20_000 * channel) + (7 * sample));

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>The head, as version 1.0 has it and with what later versions added.</summary>
    public byte[] Head(uint magic = 0xC6912702, float rateHz = 20000, int firstSignal = 0, int boardMode = 13)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(magic);
        Short(_version.Major, _version.Minor);
        writer.Write(rateHz);
        Short(1);
        Single(1, 0.1f, 7500, 1, 0.1f, 7500);
        Short(2);
        Single(1000, 1000);
        Text("first note");
        writer.Write(0xFFFFFFFF);
        Text("");
        if (_version >= new Version(1, 1))
            Short(Temperatures);
        if (_version >= new Version(1, 3))
            Short(boardMode);
        if (_version >= new Version(2, 0))
            Text("A-003");
        Short(4);
        Group("Port A", "A", 1, 10, 6);
        for (var i = 0; i < Electrodes; i++)
            Channel($"A-{i:000}", $"wire {i}", i, i == 0 ? firstSignal : 0);
        Channel("A-005", "off", 5, 0, enabled: 0);
        for (var i = 1; i <= 3; i++)
            Channel($"A-AUX{i}", $"A-AUX{i}", i, 1);
        Channel("A-VDD1", "A-VDD1", 0, 2);
        // NB: a port that is off may say how many channels it would have, and lists none.
        Group("Port B", "B", 0, 4, 4);
        Group("Analog Inputs", "ANALOG-IN", 1, 2, 0);
        Channel("ANALOG-IN-0", "ANALOG-IN-0", 0, 3);
        Channel("ANALOG-IN-1", "ANALOG-IN-1", 1, 3);
        Group("Digital", "DIGITAL", 1, 3, 0);
        Channel("DIGITAL-IN-00", "camera", 0, 4);
        Channel("DIGITAL-IN-03", "lever", 3, 4);
        Channel("DIGITAL-OUT-01", "light", 1, 5);
        writer.Flush();
        return bytes.ToArray();

        void Short(params int[] values) => Array.ForEach(values, value => writer.Write((short)value));
        void Single(params float[] values) => Array.ForEach(values, value => writer.Write(value));
        void Text(string text)
        {
            writer.Write(2 * text.Length);
            writer.Write(Encoding.Unicode.GetBytes(text));
        }

        void Group(string name, string prefix, int enabled, int channels, int amplifiers)
        {
            Text(name);
            Text(prefix);
            Short(enabled, channels, amplifiers);
        }

        void Channel(string native, string custom, int order, int signal, int enabled = 1)
        {
            Text(native);
            Text(custom);
            Short(order, order, signal, enabled, 7, 0, 1, -50, 0, 1);
            Single(1.2e6f, -80);
        }
    }

    private byte[] Blocks(long[] numbers)
    {
        Assert.Equal(0, numbers.Length % BlockSamples);
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        for (var start = 0; start < numbers.Length; start += BlockSamples)
        {
            for (var i = 0; i < BlockSamples; i++)
                writer.Write((uint)numbers[start + i]);
            for (var electrode = 0; electrode < Electrodes; electrode++)
                for (var i = 0; i < BlockSamples; i++)
                    writer.Write((ushort)(Value(start + i, electrode) + 32768));
            for (var channel = 0; channel < 3; channel++)
                for (var i = 0; i < BlockSamples; i += 4)
                    writer.Write(Auxiliary(start + i, channel));
            writer.Write(Supply(start));
            for (var i = 0; i < Temperatures; i++)
                writer.Write((ushort)0x2222);
            for (var channel = 0; channel < 2; channel++)
                for (var i = 0; i < BlockSamples; i++)
                    writer.Write(Analog(start + i, channel));
            for (var i = 0; i < BlockSamples; i++)
                writer.Write(Word(start + i));
            for (var i = 0; i < BlockSamples; i++)
                writer.Write(Output(start + i));
        }
        writer.Flush();
        return bytes.ToArray();
    }

    private void WriteInfo(long[] numbers)
    {
        Rhd = At("info.rhd");
        File.WriteAllBytes(Rhd, Head());
        File.WriteAllBytes(At("time.dat"), [.. numbers.SelectMany(number => BitConverter.GetBytes((int)number))]);
    }

    private void Write(string name, IEnumerable<short> values) => File.WriteAllBytes(At(name), [.. values.SelectMany(BitConverter.GetBytes)]);
}
