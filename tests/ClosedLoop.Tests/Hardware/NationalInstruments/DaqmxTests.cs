using ClosedLoop.Core;
using ClosedLoop.NationalInstruments;

namespace ClosedLoop.Tests.Hardware.NationalInstruments;

/// <summary>The adapter for National Instruments' devices against a double of their driver.</summary>
[Collection("NI-DAQmx")]
public sealed class DaqmxTests : IDisposable
{
    private const int Block = 100;

    private readonly SessionClock _clock = new();
    private readonly DaqmxDouble _driver = DaqmxDouble.Instance;

    public void Dispose()
    {
        _driver.Hold(false);
        // Whatever went wrong in a test, nothing is left in the driver.
        Assert.Equal(0, _driver.Tasks);
    }

    [SkippableFact]
    public void Analog_inputs_come_as_counts_of_their_volts()
    {
        using var source = new DaqmxAnalogInput(Analog() with { RateHz = 30001 }, _clock);
        Assert.Equal(["Dev1/ai1", "Dev1/ai2", "Dev1/ai3"], source.Channels.Select(channel => channel.Name));
        Assert.Equal((10 / 32767.0, "V"), (source.Channels[0].UnitsPerCount, source.Channels[0].Unit));
        // The rate that the device can give, not that which was asked for.
        Assert.Equal(1e8 / 3333, source.RateHz);
        source.Start();
        _driver.Advance(1030);
        var block = new SampleBlock(3, Block);
        for (var read = 0; read < 10; read++)
        {
            Assert.True(source.TryRead(block, default));
            Assert.Equal((100 * read, 100, 1e6 * source.Channels[0].UnitsPerCount), (block.Stamp.DeviceCounter, block.SampleCount, block.MicrovoltsPerCount));
            for (var i = 0; i < Block; i++)
                for (var channel = 0; channel < 3; channel++)
                    Assert.InRange((block.Samples[(3 * i) + channel] * source.Channels[channel].UnitsPerCount) - DaqmxDouble.Volts((100 * read) + i, channel), -0.5001 * 10 / 32767, 0.5001 * 10 / 32767);
        }
        Assert.Equal((1000, 0, 0), (source.Ledger.Received, source.Ledger.Lost, source.Overruns));
        source.Stop();
        Assert.False(source.TryRead(block, default));
        source.Start();
        _driver.Advance(100);
        Assert.True(source.TryRead(block, default));
        // Counted anew, which is no gap.
        Assert.Equal((0, 0, 1100), (block.Stamp.DeviceCounter, source.Ledger.Lost, source.Ledger.Received));
    }

    [SkippableFact]
    public void Digital_inputs_come_as_two_words()
    {
        using var source = new DaqmxDigitalInput(Digital(), _clock);
        Assert.Equal(["Dev1/port0, lines 0 to 15", "Dev1/port0, lines 16 to 31"], source.Channels.Select(channel => channel.Name));
        source.Start();
        _driver.Advance(200);
        var block = new SampleBlock(2, Block);
        Assert.True(source.TryRead(block, default) && source.TryRead(block, default));
        for (var i = 0; i < Block; i++)
            Assert.Equal(DaqmxDouble.Word(100 + i), (ushort)block.Samples[2 * i] | ((uint)(ushort)block.Samples[(2 * i) + 1] << 16));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_driver_wrote_over_is_a_gap_of_just_that_size(bool digital)
    {
        using var source = digital ? (DaqmxSampleSource)new DaqmxDigitalInput(Digital(), _clock) : new DaqmxAnalogInput(Analog(), _clock);
        source.Start();
        _driver.Advance(300);
        // The driver keeps 1000 samples; those that are left out are 300 to 4499.
        _driver.Hold(true);
        _driver.Advance(4650);
        _driver.Hold(false);
        _driver.Advance(50);
        var block = new SampleBlock(source.Channels.Count, Block);
        List<long> firsts = [];
        for (var read = 0; read < 3 + 5; read++)
        {
            Assert.True(source.TryRead(block, default));
            firsts.Add(block.Stamp.DeviceCounter);
            if (digital)
                Assert.Equal((short)DaqmxDouble.Word(block.Stamp.DeviceCounter), block.Samples[0]);
        }
        Assert.Equal([0, 100, 200, 4500, 4600, 4700, 4800, 4900], firsts);
        Assert.Equal((800, 4200, 1, 1), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.GapCount, source.Overruns));
        _driver.Advance(100);
        Assert.True(source.TryRead(block, default));
        Assert.Equal(5000, block.Stamp.DeviceCounter);
    }

    [SkippableFact]
    public void Calls_that_come_late_are_made_up_for_and_what_is_not_read_is_dropped_and_counted()
    {
        using var source = new DaqmxAnalogInput(Analog() with { QueueBlocks = 2 }, _clock);
        source.Start();
        _driver.Hold(true);
        _driver.Advance(700);
        _driver.Hold(false);
        _driver.Advance(100);
        var block = new SampleBlock(3, Block);
        Assert.True(source.TryRead(block, default) && block.Stamp.DeviceCounter == 600);
        Assert.True(source.TryRead(block, default) && block.Stamp.DeviceCounter == 700);
        Assert.Equal((6, 0, 200), (source.Queue.Dropped, source.Overruns, source.Ledger.Received));
        _driver.Advance(300);
        Assert.True(source.TryRead(block, default) && block.Stamp.DeviceCounter == 900);
        Assert.Equal((100, 300), (source.Ledger.Lost, source.Ledger.Received));
    }

    [SkippableTheory]
    [InlineData("ReadAnalogF64", -200361, "failed at reading 'Dev1/ai1:3' with -200361: Onboard device memory overflow. Status Code: -200361; the device's own buffer ran over")]
    [InlineData("GetReadAvailSampPerChan", -200045, "failed at reading 'Dev1/ai1:3' with -200045: Device has been removed.")]
    [InlineData("GetReadCurrReadPos", -1, "failed at asking for the position of 'Dev1/ai1:3' with -1: Error.")]
    [InlineData("", -200361, "failed at sampling 'Dev1/ai1:3' with -200361: Onboard device memory overflow.; the device's own buffer ran over: lower the rate")]
    public void An_error_on_the_drivers_thread_is_told_to_the_reader(string function, int status, string sentence)
    {
        using var source = new DaqmxAnalogInput(Analog(), _clock);
        source.Start();
        _driver.Advance(100);
        if (function.Length > 0)
            _driver.Fail(function, status);
        else
            _driver.End(status);
        _driver.Advance(300);
        var block = new SampleBlock(3, Block);
        // What had come is read first.
        Assert.True(source.TryRead(block, default));
        var error = Assert.Throws<ClosedLoopException>(() => source.TryRead(block, default));
        Assert.Contains($"the samples of analog inputs Dev1/ai1:3 of National Instruments ended: NI-DAQmx {sentence}", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.ExitCode);
        // It can be started again.
        source.Start();
        _driver.Advance(100);
        Assert.True(source.TryRead(block, default));
    }

    [SkippableTheory]
    [InlineData("device", 2, "failed at making the channels 'Dev9/ai0' with -200220: Device identifier is invalid. Status Code: -200220; look whether the device is plugged in")]
    [InlineData("channel", 2, "with -200170: Physical channel specified does not exist on this device.")]
    [InlineData("rate", 2, "failed at setting the clock of 'Dev1/ai1:3' with -200081")]
    [InlineData("trigger", 2, "failed at setting the trigger of 'Dev1/ai1:3' with -200220")]
    [InlineData("task", 1, "failed at making a task for 'Dev1/ai1:3' with -200324")]
    [InlineData("event", 1, "failed at registering for the samples of 'Dev1/ai1:3' with -200881")]
    [InlineData("start", 1, "failed at starting 'Dev1/ai1:3' with -50103: The specified resource is reserved. Status Code: -50103; another task or program uses the same device")]
    [InlineData("volts", 2, "the voltages of the NI-DAQmx input 'Dev1/ai1:3' cannot be 1 to -1")]
    [InlineData("block", 2, "the samples of a block of the NI-DAQmx input 'Dev1/ai1:3' cannot be 0")]
    public void What_the_device_cannot_do_is_refused_with_the_drivers_words(string defect, int exitCode, string sentence)
    {
        var options = defect switch
        {
            "device" => Analog() with { Channels = "Dev9/ai0" },
            "channel" => Analog() with { Channels = "Dev1/nothing" },
            "rate" => Analog() with { RateHz = 500_000, BufferSeconds = 0.1 },
            "trigger" => Analog() with { StartTrigger = "PFI0" },
            "volts" => Analog() with { MinVolts = 1, MaxVolts = -1 },
            "block" => Analog() with { BlockSamples = 0 },
            _ => Analog(),
        };
        switch (defect)
        {
            case "task": _driver.Fail("CreateTask", -200324); break;
            case "event": _driver.Fail("RegisterEveryNSamplesEvent", -200881); break;
            case "start": _driver.Fail("StartTask", -50103); break;
        }
        var error = Assert.Throws<ClosedLoopException>(() =>
        {
            using var source = new DaqmxAnalogInput(options, _clock);
            source.Start();
        });
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode);
    }

    [SkippableFact]
    public void Sampling_allocates_nothing()
    {
        var least = Enumerable.Range(0, 3).Select(_ => Allocated()).MinBy(bytes => bytes.Driver + bytes.Reader);
        Assert.Equal((0, 0), least);
    }

    [SkippableFact]
    public void Digital_outputs_are_safe_from_the_start_and_at_the_end()
    {
        using (var lines = new DaqmxDigitalOutput("Dev1/port1/line0:3", safe: 0b1000))
        {
            Assert.Equal((0b1000u, 0b1000u), (_driver.Lines, lines.State));
            lines.Write(0b0101);
            Assert.Equal((0b0101u, 0b0101u), (_driver.Lines, lines.State));
            _driver.Fail("WriteDigitalU32", -200045);
            var error = Assert.Throws<ClosedLoopException>(() => lines.Write(1));
            Assert.Contains("failed at writing 'Dev1/port1/line0:3' with -200045: Device has been removed.", error.Message, StringComparison.Ordinal);
            Assert.Equal(0b0101u, lines.State);
        }
        Assert.Equal(0b1000u, _driver.Lines);
        // A safe state that the device does not take is no secret, and the task is cleared all the same.
        var stuck = new DaqmxDigitalOutput("Dev1/port1/line0:3");
        _driver.Fail("WriteDigitalU32", -200045);
        Assert.Throws<ClosedLoopException>(stuck.Dispose);
        Assert.Equal(0, _driver.Tasks);
        Assert.Throws<ObjectDisposedException>(() => stuck.Write(1));
    }

    [SkippableFact]
    public void Edges_are_counted_beyond_32_bits()
    {
        using var counter = new DaqmxEdgeCounter("Dev1/ctr1");
        _driver.Edges(5);
        Assert.Equal(5, counter.Read());
        _driver.Edges(uint.MaxValue);
        Assert.Equal(5 + (long)uint.MaxValue, counter.Read());
        Assert.Equal(5 + (long)uint.MaxValue, counter.Read());
        _driver.Edges(10);
        Assert.Equal(15 + (long)uint.MaxValue, counter.Read());
    }

    [SkippableFact]
    public void Pulses_are_given_until_they_end_or_are_stopped()
    {
        using (var pulses = new DaqmxPulseOutput("Dev1/ctr0", 50, 0.2, pulses: 10))
        {
            pulses.Start();
            Assert.False(pulses.IsDone);
            _driver.End(0);
            Assert.True(pulses.IsDone);
            var error = Assert.Throws<ClosedLoopException>(() => new DaqmxPulseOutput("Dev1/ctr0", 50));
            Assert.Contains("with -50103: The specified resource is reserved.", error.Message, StringComparison.Ordinal);
        }
        using var endless = new DaqmxPulseOutput("Dev1/ctr0", 50);
        endless.Start();
        endless.Stop();
        Assert.True(endless.IsDone);
        Assert.Contains("give a rate above 0, a share between 0 and 1", Assert.Throws<ClosedLoopException>(() => new DaqmxPulseOutput("Dev1/ctr0", 50, duty: 1)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_driver_tells_its_version_and_devices()
    {
        Assert.Equal(new(23, 5), DaqmxSystem.Version());
        var device = Assert.Single(DaqmxSystem.Devices());
        Assert.Equal(("Dev1", "PCIe-6363", 0x1234567u, true), (device.Name, device.Product, device.SerialNumber, device.Simulated));
        Assert.Equal(["Dev1/ai0", "Dev1/ai1", "Dev1/ai2", "Dev1/ai3"], device.AnalogInputs);
        Assert.Equal((2, "Dev1/port0/line1", 0), (device.DigitalInputs.Count, device.DigitalOutputs[1], device.Counters.Count));
        _driver.Fail("GetSysDevNames", -200001);
        Assert.Contains("failed at asking for the devices with -200001", Assert.Throws<ClosedLoopException>(DaqmxSystem.Devices).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_driver_that_is_not_there_is_a_sentence()
    {
        var error = Assert.Throws<ClosedLoopException>(() => DaqmxNative.Load("/no/libnidaqmx.so.1"));
        Assert.Contains("the driver NI-DAQmx (/no/libnidaqmx.so.1) cannot be loaded; install NI-DAQmx of National Instruments", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Bytes that the driver's thread, in one late call for a hundred blocks, and the reader's allocate for the last ninety.</summary>
    private (long Driver, long Reader) Allocated()
    {
        using var source = new Watching(Digital() with { BufferSeconds = 10, QueueBlocks = 200 }, _clock);
        source.Start();
        _driver.Hold(true);
        _driver.Advance(9900);
        _driver.Hold(false);
        _driver.Advance(100);
        var block = new SampleBlock(2, Block);
        var before = 0L;
        for (var read = 0; read < 100; read++)
        {
            if (read == 10)
                before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(source.TryRead(block, default));
        }
        var reader = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(100, source.Fetches);
        return (source.Bytes, reader);
    }

    private static DaqmxInputOptions Analog() => new() { Channels = "Dev1/ai1:3", RateHz = 1000, BlockSamples = Block, BufferSeconds = 1 };

    private static DaqmxInputOptions Digital() => new() { Channels = "Dev1/port0", RateHz = 1000, BlockSamples = Block, BufferSeconds = 1 };

    /// <summary>Counts on the driver's thread what is allocated there.</summary>
    private sealed class Watching(DaqmxInputOptions options, SessionClock clock) : DaqmxSampleSource(options, clock, 1, Create)
    {
        private long _before;

        public int Fetches { get; private set; }

        public long Bytes { get; private set; }

        public override string Description => "a test";

        private protected override int Fetch(nint task, int samples, out int fetched, Span<short> counts)
        {
            if (++Fetches == 10)
                _before = GC.GetAllocatedBytesForCurrentThread();
            Bytes = GC.GetAllocatedBytesForCurrentThread() - _before;
            return FetchWords(task, samples, out fetched);
        }

        private static unsafe int FetchWords(nint task, int samples, out int fetched)
        {
            var words = stackalloc uint[Block];
            return DaqmxNative.DAQmxReadDigitalU32(task, samples, 0, 1, words, Block, out fetched, 0);
        }

        private static IReadOnlyList<SampleChannel> Create(DaqmxTask task)
        {
            task.Check(DaqmxNative.DAQmxCreateDIChan(task.Handle, task.What, "", 1), "making the lines");
            return [new("low", 1, ""), new("high", 1, "")];
        }
    }
}
