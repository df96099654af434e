using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;

namespace ClosedLoop.Tests.Sessions;

/// <summary>A session whose virtual rodent acts at once, from keypoints to its recording and back.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class PredictSessionTests(MeasuredLaboratory laboratory)
{
    [Theory]
    [InlineData("learned")]
    [InlineData("velocity:0.5")]
    public void A_recording_in_the_mode_predict_says_so_and_replays_bit_for_bit_without_allocating(string forecaster)
    {
        var path = laboratory.NewFile("mcap");
        var result = Play(new() { ReferenceMode = ReferenceMode.Predict, Forecaster = forecaster }, path);
        Assert.Equal(0, result.AllocatedBytesPerFrame);
        Assert.Equal(ReferenceMode.Predict, result.Imitation.ReferenceMode);
        Assert.Equal(laboratory.Frames.Count, result.LatencyMs["forecast"].Count);

        using (var recording = SessionRecording.Open(path))
        {
            using (var restored = SessionArchive.SetupOf(recording, body: null, animal: null))
                Assert.Equal(forecaster == "learned", restored.Configuration.ForecasterSha256 is not null);
            var (steps, step) = (recording.ControlSteps(), recording.Layout.NewControlStep());
            for (var tick = 0; steps.TryRead(step); tick++)
            {
                Assert.Equal((ReferenceMode.Predict, tick), (step.ReferenceMode, step.ReferenceSequence));
                Assert.False(step.Flags.HasFlag(ControlFlags.WaitingForReference));
                Assert.Equal(tick == 0, double.IsNaN(step.TotalErrorM));
            }
        }
        var replayed = MeasuredLaboratory.Replay(path);
        Assert.Equal(result.Digest, replayed.Digest);
        Assert.True(replayed.Reproduction!.BitForBit);
        Assert.Equal(result.Frames, replayed.Reproduction.ControlSteps);
    }

    [Fact]
    public void A_recording_whose_forecasting_network_is_another_is_refused()
    {
        var configuration = MeasuredLaboratory.Configuration with
        {
            Rodent = new() { ReferenceMode = ReferenceMode.Predict, Forecaster = "learned" },
            ForecasterSha256 = new('0', 64),
        };
        var e = Assert.Throws<ClosedLoopException>(() => new SessionSetup(SimulatedLaboratory.Body, laboratory.Animal, KeypointLayout.Rat23, configuration));
        Assert.Contains("led by the forecasts of 'learned' with sha256 000000000000...", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Delay_forecasts_nothing_and_the_modes_differ()
    {
        var delayed = Play(new());
        Assert.Equal((ReferenceMode.Delay, null), (delayed.Imitation.ReferenceMode, delayed.Imitation.Forecaster));
        Assert.DoesNotContain("forecast", delayed.LatencyMs.Keys);
        Assert.NotEqual(delayed.Digest, Play(new() { ReferenceMode = ReferenceMode.Predict, Forecaster = "hold" }).Digest);
    }

    private SessionResult Play(VirtualRodentOptions rodent, string? record = null)
    {
        var clock = new SessionClock();
        using var source = new ScriptedSource(laboratory.Frames);
        using var input = new SourceInput(source, clock);
        using var setup = new SessionSetup(SimulatedLaboratory.Body, laboratory.Animal, KeypointLayout.Rat23, MeasuredLaboratory.Configuration with { Rodent = rodent });
        return MeasuredLaboratory.Run(setup, input, clock, record, onPose: null, onStep: null, default);
    }
}
