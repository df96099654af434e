using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Rigs;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Acquisition.Intan;
using ClosedLoop.Tests.Hardware.NationalInstruments;

namespace ClosedLoop.Tests.Rigs;

/// <summary>Whole sessions with the devices that rigs name, in front of doubles that speak as these do.</summary>
[Collection("NI-DAQmx")]
public sealed class RigDeviceTests : IDisposable
{
    private readonly RigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_session_through_RHX_sorts_named_channels_is_recorded_and_replays_bit_for_bit()
    {
        using var rhx = new RhxDouble([.. Enumerable.Range(0, 8).Select(channel => $"A-{channel:000}"), "DIGITAL-IN-03"]) { First = 777 * RhxBytes.Frames };
        var rig = _folder.Write(FormattableString.Invariant($$"""
            {{RigFolder.Simulated}}
              name: rhx
            tetrodes:
              source: intan_rhx
              command_port: {{rhx.CommandPort.Number}}
              waveform_port: {{rhx.WaveformPort.Number}}
              ports: A
              channels_per_port: 8
              groups: [A-000 A-002 A-004 A-006, A-001 A-003 A-005 A-007]
              learn_seconds: 1
            """));
        using var over = new CancellationTokenSource();
        var board = new Thread(() =>
        {
            var clock = new SessionClock();
            if (!rhx.WaitForStreams())
                return;
            var began = clock.Now;
            for (var block = 1; !over.IsCancellationRequested; block++)
            {
                clock.SleepUntil(began + (long)(block * RhxBytes.Frames / 30_000.0 * 1e9));
                // Two blocks are lost on their way.
                if (block is 200 or 201)
                    rhx.Miss(RhxBytes.Frames);
                else
                    rhx.Send();
            }
        });
        board.Start();
        var live = ProgramRunner.Run("live", rig, "--seconds", "4", "--json", _folder["live.json"]);
        over.Cancel();
        board.Join();
        Assert.True(live.ExitCode == 0, live.ToString());
        var tetrodes = Facts("live.json").GetProperty("tetrodes");
        Assert.Equal((2, 8), (tetrodes.GetProperty("tetrodes").GetInt32(), tetrodes.GetProperty("channels").GetInt32()));
        // More is lost only where the machine is so busy that the queue of the source runs over.
        Assert.InRange(tetrodes.GetProperty("samples_lost").GetInt64(), 2 * RhxBytes.Frames, long.MaxValue);
        Assert.InRange(tetrodes.GetProperty("samples").GetInt64(), 30_000, rhx.Sent);

        var replay = ProgramRunner.Run("replay", _folder["recordings/rhx.mcap"], "--json", _folder["replay.json"]);
        Assert.True(replay.ExitCode == 0, replay.ToString());
        var again = Facts("replay.json");
        Assert.True(again.GetProperty("sorting_reproduction").GetProperty("bit_for_bit").GetBoolean(), replay.ToString());
    }

    [SkippableFact]
    public void Electrodes_and_sensors_of_a_National_Instruments_device_come_with_their_units()
    {
        var driver = DaqmxDouble.Instance;
        var problems = new List<string>();
        var rig = RigFileReader.Read(_folder.Write($"{RigFolder.Simulated}\ntetrodes: {{source: ni_daqmx, inputs: 'Dev1/ai0:3', sensors: [Dev1/ai4], gain: 500, max_volts: 5, rate_hz: 25000, learn_seconds: 1}}\n"), problems)!.Tetrodes!;
        Assert.Empty(problems);
        var blocks = new List<short>();
        using (var stage = rig.Open(new(), new BehaviourActivity(1)))
        {
            Assert.Equal(["uV", "uV", "uV", "uV", "V"], stage.Layout.Channels.Select(channel => channel.Unit));
            Assert.Equal((5e6 / 32767 / 500, 5.0 / 32767), (stage.Layout.Channels[0].UnitsPerCount, stage.Layout.Channels[4].UnitsPerCount));
            Assert.Equal([0, 1, 2, 3], Assert.Single(stage.Layout.Tetrodes));
            using var samples = stage.Samples.Subscribe(block =>
            {
                lock (blocks)
                    blocks.AddRange(block.Samples.AsSpan(0, 5 * block.SampleCount));
            });
            stage.Start();
            for (var wait = 0; wait < 500 && blocks.Count < 5 * 1280; wait++)
            {
                if (driver.Tasks == 1)
                    driver.Advance(128);
                Thread.Sleep(10);
            }
            stage.Finish(default);
            Assert.Null(stage.Result().Ended);
        }
        Assert.True(blocks.Count >= 5 * 1280, $"{blocks.Count}");
        for (var i = 0; i < 1280; i++)
            Assert.InRange((blocks[(5 * i) + 4] * 5.0 / 32767) - Math.Clamp(DaqmxDouble.Volts(i, 4), -5, 5), -2e-4, 2e-4);
        Assert.Equal(0, driver.Tasks);

        // What the device does not have is said by a check, in the driver's words.
        driver.Fail("CreateAIVoltageChan", -200170);
        using var inspection = _folder.Look($"{RigFolder.Simulated}\ntetrodes: {{source: ni_daqmx, inputs: 'Dev1/ai0:3'}}\n");
        var told = Assert.Single(inspection.Problems);
        Assert.Contains("Dev1/ai0:3", told, StringComparison.Ordinal);
        Assert.Contains("-200170", told, StringComparison.Ordinal);
        Assert.Equal(0, driver.Tasks);
    }

    private JsonElement Facts(string name)
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(_folder[name]));
        return facts.RootElement.Clone();
    }
}
