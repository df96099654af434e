using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Evaluation;

/// <summary>Measures of imitation from episodes whose errors are planted.</summary>
public sealed class ImitationJudgeTests
{
    private const double PeriodS = 0.02;
    private static readonly KeypointParts s_parts = new(KeypointLayout.Rat23);

    [Fact]
    public void Medians_are_exact_and_over_the_steps_that_were_made()
    {
        // 10 steps of 1 mm, and 4 of 11 mm before a fall: the six that were not made count nowhere.
        var measures = ImitationJudge.Judge([Trace(0, 10, 10, 1), Trace(0, 10, 4, 11, ControlFlags.ResetFallen)], PeriodS);
        Assert.Equal((2, 14L), (measures.Episodes, measures.Steps));
        Assert.Equal((1.0, 2.0, 3.0), (measures.MedianTotalErrorMm, measures.MedianRootErrorMm, measures.MedianPoseErrorMm));
        Assert.Equal(11, measures.P90TotalErrorMm);
        Assert.Equal((0.5, 1, 0, 0), (measures.Survival, measures.EndedFallen, measures.EndedLeftReference, measures.EndedUnstable));
        Assert.Equal(5, measures.Reward, 1e-9);
        Assert.Equal(5 * 14 / 2.0, measures.EpisodeReturn, 1e-9);
        Assert.Equal(0.25, measures.PowerW, 1e-9);
        Assert.Equal(0.5, measures.MedianStepMs, 1e-9);
        Assert.Null(measures.Survival4S);
    }

    [Fact]
    public void A_survival_curve_falls_where_episodes_end()
    {
        // Of four episodes of 4 s one leaves with its 50th step, at 1 s, and one falls with its last.
        var measures = ImitationJudge.Judge(
            [Trace(0, 200, 200, 1), Trace(0, 200, 200, 1), Trace(0, 200, 50, 1, ControlFlags.ResetLeftReference), Trace(0, 200, 200, 1, ControlFlags.ResetFallen)], PeriodS);
        Assert.Equal(41, measures.SurvivalCurve.Count);
        double At(double time) => measures.SurvivalCurve.Single(point => Math.Abs(point.TimeS - time) < 1e-9).Share;
        Assert.Equal((1.0, 1.0, 0.75, 0.75, 0.5), (At(0), At(0.9), At(1), At(3.9), At(4)));
        Assert.Equal((0.5, 0.5), (measures.Survival, measures.Survival4S));
        Assert.Equal((1, 1), (measures.EndedFallen, measures.EndedLeftReference));
    }

    [Fact]
    public void Errors_are_told_by_the_time_since_the_start()
    {
        var trace = new EpisodeTrace(Frames(30), 0, 20, s_parts) { Steps = 20 };
        for (var step = 0; step < 20; step++)
            trace.TotalErrorMm[step] = step + 1;
        var byTime = ImitationJudge.Judge([trace], PeriodS).ErrorByTime;
        // The steps that end at 0.02, ..., 0.1 s, then those until 0.2 s, ...
        Assert.Equal([0.1, 0.2, 0.3, 0.4], byTime.Select(point => point.TimeS));
        Assert.Equal([3.0, 8.0, 13.0, 18.0], byTime.Select(point => point.MedianMm));
        Assert.All(byTime, point => Assert.Equal(5, point.Steps));
        Assert.Equal(4.6, byTime[0].P90Mm, 1e-6);
    }

    [Fact]
    public void Behaviours_are_those_of_the_frames_that_were_to_be_reached()
    {
        // Frames 0 to 4 are a walk; what the rest is nobody knows.
        var poses = new Labelled(30, frame => frame < 5 ? "Walk" : "");
        var trace = new EpisodeTrace(poses, 0, 10, s_parts) { Steps = 10 };
        for (var step = 0; step < 10; step++)
            trace.TotalErrorMm[step] = step < 4 ? 2 : 7;
        var measures = ImitationJudge.Judge([trace], PeriodS).ByBehaviour;
        Assert.Equal([("Walk", 4, 1, 2.0), ("unlabelled", 6, 0, 7.0)], measures.Select(pair => (pair.Key, pair.Value.Steps, pair.Value.Episodes, pair.Value.MedianTotalErrorMm)));
        Assert.Equal(1, measures["Walk"].Survival);
        Assert.True(double.IsNaN(measures["unlabelled"].Survival));
    }

    [Fact]
    public void Parts_have_their_own_errors_and_steps_without_physics_none()
    {
        var trace = Trace(0, 10, 3, 4, ControlFlags.ResetUnstable);
        trace.TotalErrorMm[2] = float.NaN;
        for (var part = 0; part < s_parts.Names.Count; part++)
            (trace.PartErrorMm[part], trace.PartErrorMm[s_parts.Names.Count + part], trace.PartErrorMm[(2 * s_parts.Names.Count) + part]) = (part + 1, part + 3, float.NaN);
        var measures = ImitationJudge.Judge([trace], PeriodS);
        Assert.Equal(["head", "spine", "forelimb_left", "forelimb_right", "hindlimb_left", "hindlimb_right"], measures.ByPart.Keys);
        Assert.Equal([2.0, 3, 4, 5, 6, 7], measures.ByPart.Values.Select(part => part.MedianErrorMm));
        Assert.Equal((4.0, 1), (measures.MedianTotalErrorMm, measures.EndedUnstable));
    }

    private static EpisodeTrace Trace(int start, int length, int steps, float errorMm, ControlFlags end = ControlFlags.None)
    {
        var trace = new EpisodeTrace(Frames(start + length + 1), start, length, s_parts) { Steps = steps, End = end };
        Array.Fill(trace.TotalErrorMm, errorMm);
        Array.Fill(trace.RootErrorMm, 2 * errorMm);
        Array.Fill(trace.PoseErrorMm, 3 * errorMm);
        Array.Fill(trace.Reward, 5);
        Array.Fill(trace.PowerW, 0.25f);
        Array.Fill(trace.ControllerMs, 0.5f);
        return trace;
    }

    private static Labelled Frames(int count) => new(count, _ => "");

    private sealed class Labelled(int frames, Func<int, string> behaviour) : IReferencePoses
    {
        public int Frames => frames;

        public string Behaviour(int frame) => behaviour(frame);

        public void Write(int frame, MujocoData scratch, Pose pose) => throw new NotSupportedException();
    }
}
