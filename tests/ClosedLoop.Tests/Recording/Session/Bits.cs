using ClosedLoop.Core;
using Xunit;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>Compares records bit for bit: two NaNs are equal where their bits are, 0 and -0 are not.</summary>
internal static class Bits
{
    public static void Equal(Keypoints expected, Keypoints actual)
    {
        Assert.Equal(expected.Layout.Names, actual.Layout.Names);
        Assert.Equal(expected.Stamp, actual.Stamp);
        Assert.Equal(expected.FrameSetSequence, actual.FrameSetSequence);
        Equal(expected.Positions, actual.Positions);
        Equal(expected.Confidence, actual.Confidence);
    }

    public static void Equal(Pose expected, Pose actual)
    {
        Assert.Equal(expected.Stamp, actual.Stamp);
        Assert.Equal(
            (expected.KeypointsSequence, expected.Flags, expected.KeypointsUsed, expected.Iterations),
            (actual.KeypointsSequence, actual.Flags, actual.KeypointsUsed, actual.Iterations));
        Equal([expected.MeanMarkerErrorM], [actual.MeanMarkerErrorM]);
        Equal(expected.Qpos, actual.Qpos);
        Equal(expected.Qvel, actual.Qvel);
        Equal(expected.SitePositions, actual.SitePositions);
    }

    public static void Equal(ControlStep expected, ControlStep actual)
    {
        Assert.Equal(expected.Stamp, actual.Stamp);
        Assert.Equal(
            (expected.ReferenceSequence, expected.ReferenceMode, expected.Flags),
            (actual.ReferenceSequence, actual.ReferenceMode, actual.Flags));
        Equal([expected.TotalErrorM, expected.RootErrorM], [actual.TotalErrorM, actual.RootErrorM]);
        Equal(expected.Action, actual.Action);
        Equal(expected.Activations, actual.Activations);
        Equal(expected.Qpos, actual.Qpos);
        Equal(expected.Qvel, actual.Qvel);
        Equal(expected.SitePositions, actual.SitePositions);
    }

    private static void Equal(double[] expected, double[] actual) =>
        Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), actual.Select(BitConverter.DoubleToInt64Bits));

    private static void Equal(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
