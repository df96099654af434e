using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>The few images that are kept of many that pass.</summary>
public sealed class KeptSamplesTests
{
    [Fact]
    public void Few_are_kept_spread_over_all_that_passed()
    {
        var samples = new KeptSamples(2);
        var image = new GreyImage(new byte[1], 1, 1);
        for (var s = 0; s < 1000; s++)
        {
            image.Pixels[0] = (byte)(s / 4);
            samples.Offer(0, s % 2 == 0 ? s / 2 : -1, found: s % 2 == 0, image);
        }
        Assert.Equal(2, samples.CameraCount);
        Assert.Empty(samples.Read(1, 8));
        var all = samples.Read(0, 100);
        Assert.InRange(all.Count, 8, 16);
        // Copies, of the whole time.
        var found = samples.Read(0, 8, set => set >= 0);
        Assert.InRange(found.Count, 4, 8);
        Assert.True(found[^1].Pixels[0] - found[0].Pixels[0] > 100);
        Assert.Equal(found.Select(kept => kept.Pixels[0]).Order(), found.Select(kept => kept.Pixels[0]));
        // Where none is as wanted, any will do.
        Assert.Equal(3, samples.Read(0, 3, _ => false).Count);
    }
}
