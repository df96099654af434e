using ClosedLoop.Core;
using ClosedLoop.Motion;

namespace ClosedLoop.Tests.Motion;

/// <summary>What breaks a motion begins a new stretch; frames without a pose of their own belong to none.</summary>
public sealed class MotionStretchesTests
{
    [Theory]
    [InlineData(PoseFlags.Held)]
    [InlineData(PoseFlags.Extrapolated)]
    [InlineData(PoseFlags.TooFewKeypoints | PoseFlags.Partial)]
    public void Frames_that_were_carried_forward_belong_to_no_stretch(PoseFlags flags)
    {
        var stretches = Run([PoseFlags.Restarted, 0, 0, flags, flags, 0, PoseFlags.Partial, PoseFlags.Outliers, flags]);
        Assert.Equal([(0, 3), (5, 3)], stretches.Stretches);
        Assert.Equal(3, stretches.FramesWithoutPose);
    }

    [Theory]
    [InlineData(PoseFlags.Jump)]
    [InlineData(PoseFlags.Restarted)]
    public void A_pose_that_does_not_follow_from_the_last_begins_a_stretch(PoseFlags flags) =>
        Assert.Equal([(0, 2), (2, 3)], Run([0, 0, flags, 0, 0]).Stretches);

    [Fact]
    public void A_frame_that_was_dropped_before_the_file_was_written_begins_a_stretch() =>
        Assert.Equal([(0, 3), (3, 2)], Run(new PoseFlags[5], droppedBefore: 3).Stretches);

    private static MotionStretches Run(PoseFlags[] flags, int droppedBefore = int.MaxValue)
    {
        const double PeriodS = 0.02;
        var stretches = new MotionStretches(PeriodS);
        var pose = new Pose(7, 6, 0);
        for (var frame = 0; frame < flags.Length; frame++)
        {
            var time = SessionTime.FromSeconds((frame + (frame >= droppedBefore ? 1 : 0)) * PeriodS);
            pose.Flags = flags[frame];
            pose.Stamp = new(frame, frame, time.Nanoseconds, time, time);
            stretches.Add(pose);
        }
        return stretches;
    }
}
