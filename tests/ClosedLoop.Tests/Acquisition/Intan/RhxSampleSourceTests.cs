using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>Against a double of Intan RHX: every sample is the planted one, and every one that is missing is counted.</summary>
public sealed class RhxSampleSourceTests : IDisposable
{
    private const int Ports = 4;

    private static readonly IReadOnlyList<string> Names = RhxOptions.ChannelsOf("AB", Ports);

    private readonly SessionClock _clock = new();
    private RhxDouble _rhx = new(Names);

    public void Dispose() => _rhx.Dispose();

    [Fact]
    public void Samples_come_as_they_were_planted_from_start_to_stop_and_again()
    {
        using var source = new RhxSampleSource(Options(), _clock);
        Assert.Equal(RhxState.New, source.Statistics.State);
        source.Start();
        Assert.Equal(("Run", "Intan RHX at 127.0.0.1 (ControllerRecordUSB3, 1 blocks a write)", 30000), (_rhx.RunMode, source.Description, source.RateHz));
        Assert.Equal((8, "B-003", 0.195, "uV"), (source.Channels.Count, source.Channels[7].Name, source.Channels[7].UnitsPerCount, source.Channels[7].Unit));
        Assert.Contains("set tcpnumberdatablocksperwrite 1", _rhx.Commands);
        _rhx.PieceBytes = 700;
        _rhx.Send(20);
        using (var reader = new RhxReader(source))
        {
            reader.WaitFor(20 * 128);
            Assert.Equal([(0, 20 * 128)], reader.Runs);
            source.Stop();
            reader.WaitForEnd();
            Assert.Null(reader.Error);
        }
        Assert.Equal(("Stop", RhxState.Stopped), (_rhx.RunMode, source.Statistics.State));
        source.Start();
        Assert.True(_rhx.WaitForStreams());
        _rhx.Send(3);
        var block = new SampleBlock(8, 128);
        Assert.True(source.TryRead(block, default));
        Assert.Equal((0, 128, 0.195, 20), (block.Stamp.DeviceCounter, block.SampleCount, block.MicrovoltsPerCount, block.Stamp.Sequence));
        Assert.True(source.TryRead(block, default));
        Assert.Equal((128, (long)(128 / 30000.0 * 1e9)), (block.Stamp.DeviceCounter, block.Stamp.DeviceTimeNs));
        Assert.True(block.Stamp.Captured <= block.Stamp.Produced);
        // The board counts anew: no gap.
        Assert.Equal((22 * 128, 0, 1), (source.Ledger.Received, source.Ledger.Lost, source.Statistics.Restarts));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1000, false)]
    [InlineData(2000, true)]
    public void A_connection_cut_in_a_block_is_made_anew_and_what_is_missing_counted(int bytes, bool reset)
    {
        using var source = new RhxSampleSource(Options(), _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(5);
        reader.WaitFor(_rhx.Next);
        _rhx.CutInBlock(bytes, reset);
        Assert.True(_rhx.WaveformPort.WaitForClient());
        _rhx.Miss(77);
        _rhx.Send(5);
        reader.WaitFor(_rhx.Next);
        Assert.Equal([(0, 640), (640 + 128 + 77, 640)], reader.Runs);
        Assert.Equal((_rhx.Sent, _rhx.Missed, 1), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.GapCount));
        Assert.Equal((1, 0, RhxState.Running), (source.Statistics.Reconnections, source.Statistics.Restarts, source.Statistics.State));
        if (!reset)
            Assert.Equal(bytes, source.Statistics.SkippedBytes);
        Assert.Single(_rhx.Commands, command => command == "set runmode run");
    }

    [Fact]
    public void A_program_that_was_away_and_runs_on_is_found_again()
    {
        using var source = new RhxSampleSource(Options(), _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(5);
        reader.WaitFor(_rhx.Next);
        _rhx.Vanish();
        _rhx.Send(50);
        WaitUntil(() => source.Statistics.State == RhxState.Reconnecting && source.Statistics.Trouble.Contains("press Connect on the page Commands", StringComparison.Ordinal));
        _rhx.Return(restarted: false);
        Assert.True(_rhx.WaveformPort.WaitForClient());
        _rhx.Send(5);
        reader.WaitFor(_rhx.Next);
        Assert.Equal((_rhx.Sent, _rhx.Missed, 50 * 128), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.Gaps[0].Count));
    }

    [Fact]
    public void A_program_that_was_started_again_is_set_up_and_run_and_its_new_count_is_no_gap()
    {
        using var source = new RhxSampleSource(Options(), _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(30);
        reader.WaitFor(_rhx.Next);
        _rhx.Vanish();
        _rhx.Return(restarted: true);
        Assert.True(_rhx.WaitForStreams());
        _rhx.Send(5);
        reader.WaitFor(5 * 128);
        Assert.Equal([(0, 30 * 128), (0, 5 * 128)], reader.Runs);
        Assert.Equal((35 * 128, 0, 1, 1), (source.Ledger.Received, source.Ledger.Lost, source.Statistics.Restarts, source.Statistics.Reconnections));
        source.Stop();
        Assert.Equal("Stop", _rhx.RunMode);
    }

    [Fact]
    public void A_program_that_stays_away_ends_the_source_with_what_to_do()
    {
        using var source = new RhxSampleSource(Options() with { PatienceSeconds = 0.1 }, _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Vanish();
        reader.WaitForEnd();
        Assert.Contains("was lost and has not come back for 0.1 s: Intan RHX cannot be reached at 127.0.0.1:", reader.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(RhxState.Failed, source.Statistics.State);
    }

    [Fact]
    public void Stalls_are_counted_and_a_board_stopped_at_its_window_is_told()
    {
        using var source = new RhxSampleSource(Options() with { StallSeconds = 0.05, SilenceSeconds = 60 }, _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(1);
        reader.WaitFor(128);
        WaitUntil(() => source.Statistics.State == RhxState.Stalled);
        var stalls = source.Statistics.Stalls;
        // However long it lasts, it is one.
        Thread.Sleep(200);
        Assert.Equal(stalls, source.Statistics.Stalls);
        Assert.Contains("nothing has come from Intan RHX for", source.Statistics.Trouble, StringComparison.Ordinal);
        _rhx.Send(1);
        reader.WaitFor(256);
        WaitUntil(() => source.Statistics.Stalls == stalls + 1);
        Assert.Equal(0, source.Ledger.Lost);
        _rhx.RunMode = "Stop";
        reader.WaitForEnd();
        Assert.Contains("the board was stopped at Intan RHX's own window", reader.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_stays_silent_is_made_anew()
    {
        using var source = new RhxSampleSource(Options() with { StallSeconds = 0.05, SilenceSeconds = 0.1 }, _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(1);
        WaitUntil(() => source.Statistics.Reconnections > 0);
        WaitUntil(() =>
        {
            _rhx.Send(1);
            return reader.Samples > 128;
        });
    }

    [Fact]
    public void What_is_not_read_in_time_is_dropped_and_counted()
    {
        using var source = new RhxSampleSource(Options() with { QueueBlocks = 4 }, _clock);
        source.Start();
        _rhx.Send(30);
        WaitUntil(() => source.Statistics.Blocks.Enqueued == 30);
        var block = new SampleBlock(8, 128);
        for (var i = 0; i < 4; i++)
            Assert.True(source.TryRead(block, default));
        Assert.Equal((26, 4 * 128), (source.Statistics.Blocks.Dropped, source.Ledger.Received));
        _rhx.Send(30);
        WaitUntil(() => source.Statistics.Blocks.Enqueued == 60);
        Assert.True(source.TryRead(block, default));
        Assert.Equal((56 * 128, 26 * 128, 5 * 128), (block.Stamp.DeviceCounter, source.Ledger.Lost, source.Ledger.Received));
    }

    [Fact]
    public void A_board_that_runs_already_is_joined_and_left_running()
    {
        _rhx.Enable(Names);
        _rhx.RunMode = "Record";
        _rhx.Miss(1000);
        using var source = new RhxSampleSource(Options(), _clock);
        source.Start();
        _rhx.Send(1);
        var block = new SampleBlock(8, 128);
        Assert.True(source.TryRead(block, default));
        Assert.Equal((1000, 0), (block.Stamp.DeviceCounter, source.Ledger.Lost));
        // What cannot be set while it runs is said.
        Assert.Contains("10 blocks a write", source.Description, StringComparison.Ordinal);
        source.Stop();
        Assert.Equal("Record", _rhx.RunMode);
        Assert.DoesNotContain(_rhx.Commands, command => command.StartsWith("set ", StringComparison.Ordinal));
    }

    [Fact]
    public void Spikes_and_digital_inputs_come_beside()
    {
        _rhx.Dispose();
        _rhx = new([.. Names, "DIGITAL-IN-01"]);
        using var source = new RhxSampleSource(Options() with { SpikePort = _rhx.SpikePort.Number, QueueSpikes = 2, DigitalInput = "DIGITAL-IN-01" }, _clock);
        source.Start();
        Assert.Equal(("DIGITAL-IN-WORD", 1, ""), (source.Channels[8].Name, source.Channels[8].UnitsPerCount, source.Channels[8].Unit));
        Assert.True(_rhx.WaitForStreams() && _rhx.SpikePort.WaitForClient());
        _rhx.Send(2);
        var block = new SampleBlock(9, 128);
        Assert.True(source.TryRead(block, default));
        // The digital word is no offset binary.
        Assert.Equal((RhxBytes.Count(5, 7), (short)RhxBytes.Word(5, 8)), (block.Samples[(5 * 9) + 7], block.Samples[(5 * 9) + 8]));
        // A spike that is dropped for want of room, one cut off by garbage, two that are kept.
        var spikes = new[] { RhxBytes.Spike("A-000", 10, 1), [3, .. RhxBytes.Spike("A-001", 20, 1)[..9]], RhxBytes.Spike("B-002", 30, 64), RhxBytes.Spike("C-001", 40, 128) };
        foreach (var piece in spikes.SelectMany(bytes => bytes).Chunk(5))
            _rhx.SendSpike(piece);
        WaitUntil(() => source.Statistics.SpikesReceived == 3);
        Assert.Equal((1, 10), (source.Statistics.SpikesDropped, source.Statistics.SpikeBytesSkipped));
        Assert.True(source.TryReadSpike(out var spike));
        Assert.Equal((6, 30, 64), (spike.Channel, spike.Sample, (int)spike.Class));
        Assert.True(source.TryReadSpike(out spike));
        Assert.Equal((-1, 40, 128), (spike.Channel, spike.Sample, (int)spike.Class));
        Assert.False(source.TryReadSpike(out _));
        // The spike port alone is made anew.
        _rhx.SpikePort.Cut();
        Assert.True(_rhx.SpikePort.WaitForClient());
        _rhx.SendSpike(RhxBytes.Spike("A-000", 50, 2));
        WaitUntil(() => source.TryReadSpike(out spike));
        Assert.Equal(50, spike.Sample);
    }

    [Theory]
    [InlineData("rate", 2, "Intan RHX samples at 20000 Hz and 30000 Hz were asked for")]
    [InlineData("disabled", 2, "the channel B-002 is disabled in Intan RHX")]
    [InlineData("absent", 1, "answered 'Unrecognized parameter' to 'set a-001.tcpdataoutputenabled true'")]
    [InlineData("without effect", 2, "Intan RHX does not send the channel A-003 although it was set to")]
    [InlineData("refused", 1, "answered 'Invalid value' to 'set tcpnumberdatablocksperwrite 1'")]
    [InlineData("nonsense", 1, "answered '+OK 17' to 'get type'")]
    [InlineData("no answer", 1, "has not answered 'get runmode' within 1 s")]
    [InlineData("does not run", 1, "was told 'set runmode run' and has not done it after 1 s")]
    [InlineData("refuses to run", 1, "answered 'No board' to 'set runmode run'")]
    [InlineData("other port", 2, "sends waveforms on port 5001 and not on")]
    [InlineData("no waveforms", 1, "its port of waveforms (Connection refused); look whether its Remote TCP Control shows the Waveform output as Pending")]
    [InlineData("runs otherwise", 2, "Intan RHX does not send the channel A-000; it runs already")]
    [InlineData("away", 1, "Intan RHX cannot be reached at 127.0.0.1:")]
    [InlineData("one missing answer", 1, "answered 'Unrecognized parameter' to 'get tcpwaveformdataoutputport'")]
    public void What_is_not_as_asked_is_refused_by_name(string defect, int exitCode, string sentence)
    {
        switch (defect)
        {
            case "rate": _rhx.RateHz = "20000"; break;
            case "disabled": _rhx.Disabled.Add("B-002"); break;
            case "absent": _rhx.Dispose(); _rhx = new("A-000"); break;
            case "without effect": _rhx.Otherwise = command => command.StartsWith("set a-003", StringComparison.Ordinal) ? "" : null; break;
            case "refused": _rhx.Otherwise = command => command.StartsWith("set tcpnumber", StringComparison.Ordinal) ? "Invalid value" : null; break;
            case "nonsense": _rhx.Otherwise = command => command == "get runmode" ? null : command == "get type" ? "+OK 17" : ""; break;
            case "no answer": _rhx.Otherwise = _ => ""; break;
            case "does not run": _rhx.Otherwise = command => command == "set runmode run" ? "" : null; break;
            case "refuses to run": _rhx.Otherwise = command => command == "set runmode run" ? "No board" : null; break;
            case "other port": _rhx.Otherwise = command => command == "get tcpwaveformdataoutputport" ? "Return: TCPWaveformDataOutputPort 5001" : null; break;
            case "no waveforms": _rhx.WaveformPort.Close(); _rhx.Otherwise = command => command.StartsWith("execute connect", StringComparison.Ordinal) ? "" : null; break;
            case "runs otherwise": _rhx.RunMode = "Run"; break;
            case "away": _rhx.Vanish(); break;
            case "one missing answer": _rhx.Otherwise = command => command == "get tcpwaveformdataoutputport" ? "Unrecognized parameter" : null; break;
        }
        using var source = new RhxSampleSource(Options() with { AnswerSeconds = 1 }, _clock);
        var error = Assert.Throws<ClosedLoopException>(source.Start);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode);
        Assert.Equal(RhxState.New, source.Statistics.State);
    }

    [Fact]
    public void Outputs_changed_while_it_runs_end_the_source()
    {
        using var source = new RhxSampleSource(Options(), _clock);
        source.Start();
        using var reader = new RhxReader(source);
        _rhx.Send(1);
        reader.WaitFor(128);
        for (var block = 0; block < 20; block++)
            _rhx.SendBytes(RhxBytes.Block(128 + (128 * block), 7));
        reader.WaitForEnd();
        Assert.Contains("it sends 7 signals a sample, and 8 were asked for", reader.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(128, reader.Samples);
    }

    [Theory]
    [InlineData("no channels are named", "no channels of Intan RHX are named")]
    [InlineData("name", "'A-0' is no amplifier channel of Intan RHX")]
    [InlineData("order", "the channel A-001 of Intan RHX is named after A-002")]
    [InlineData("twice", "the channel A-001 of Intan RHX is named after A-001")]
    [InlineData("blocks", "the number of blocks per write of Intan RHX cannot be 0; give 1 to 100")]
    public void Options_that_cannot_be_are_refused(string defect, string sentence)
    {
        var options = defect switch
        {
            "no channels are named" => Options() with { Channels = [] },
            "name" => Options() with { Channels = ["A-0"] },
            "order" => Options() with { Channels = ["A-002", "A-001"] },
            "twice" => Options() with { Channels = ["A-001", "A-001"] },
            _ => Options() with { BlocksPerWrite = 0 },
        };
        var error = Assert.Throws<ClosedLoopException>(() => new RhxSampleSource(options, _clock));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }

    private RhxOptions Options() => new()
    {
        Channels = Names, CommandPort = _rhx.CommandPort.Number, WaveformPort = _rhx.WaveformPort.Number, PatienceSeconds = 20, LongestPauseSeconds = 0.05,
    };

    private static void WaitUntil(Func<bool> condition)
    {
        for (var began = Environment.TickCount64; !condition(); Thread.Sleep(2))
            Assert.True(Environment.TickCount64 - began < 20_000, "what was waited for has not come");
    }
}
