namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>--reference-mode</c> as a user gives it.</summary>
[Collection(CommandCollection.Name)]
public sealed class ReferenceModeTests(CommandSessions sessions)
{
    [Fact]
    public void A_keypoint_file_and_a_recording_replay_in_the_mode_that_was_asked_for()
    {
        var file = sessions.Replay(sessions.Table, "--animal", sessions.Animal, "--reference-mode", "predict").GetProperty("imitation");
        Assert.Equal(("predict", "forecast"), (file.GetProperty("reference_mode").GetString(), file.GetProperty("forecaster").GetString()));
        var recording = sessions.Replay(sessions.DemoRecording, "--reference-mode", "predict", "--forecaster", "velocity");
        Assert.Equal("velocity", recording.GetProperty("imitation").GetProperty("forecaster").GetString());
        // Another mode computes something else: there is nothing to compare it with.
        Assert.False(recording.TryGetProperty("reproduction", out _));
        Assert.Equal("delay", sessions.Replay(sessions.DemoRecording).GetProperty("imitation").GetProperty("reference_mode").GetString());
    }

    [Theory]
    [InlineData("did you mean 'predict'?", "--reference-mode", "predikt")]
    [InlineData("did you mean 'delay'?", "--reference-mode", "dealy")]
    [InlineData("did you mean 'velocity'?", "--reference-mode", "predict", "--forecaster", "velocty")]
    [InlineData("nothing is forecast in the mode delay", "--forecaster", "velocity")]
    public void What_is_no_mode_or_forecaster_is_refused_with_the_nearest(string sentence, params string[] options)
    {
        foreach (var file in (string[])[sessions.Table, sessions.DemoRecording])
        {
            var run = ProgramRunner.Run(["replay", file, .. file == sessions.Table ? ["--animal", sessions.Animal] : Array.Empty<string>(), .. options]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        }
    }
}
