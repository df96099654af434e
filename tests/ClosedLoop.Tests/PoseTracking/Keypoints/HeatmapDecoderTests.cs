using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>Decoding against planted maps.</summary>
public sealed class HeatmapDecoderTests
{
    private const int Size = 48;

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_gaussian_between_cells_is_found_without_bias(double sigma)
    {
        var random = new RandomStream(1, $"bias {sigma}");
        var decoder = new HeatmapDecoder(floorCells: 0.01);
        for (var trial = 0; trial < 300; trial++)
        {
            var (x, y) = (random.Uniform(12, 35), random.Uniform(12, 35));
            var (sx, sy, rho) = (sigma, sigma * random.Uniform(1, 1.3), random.Uniform(-0.4, 0.4));
            Assert.True(decoder.Decode(Gaussian(x, y, sx, sy, rho), Size, out var mode, out _) >= 1);
            Assert.InRange(Math.Abs(mode.X - x), 0, 0.05);
            Assert.InRange(Math.Abs(mode.Y - y), 0, 0.05);
            Assert.InRange(mode.VarianceXX / (sx * sx), 0.9, 1.1);
            Assert.InRange(mode.VarianceYY / (sy * sy), 0.9, 1.1);
            Assert.InRange(mode.VarianceXY - (rho * sx * sy), -0.1 * sx * sy, 0.1 * sx * sy);
        }
    }

    [Fact]
    public void A_single_cell_is_its_own_place_with_the_floor_as_its_spread()
    {
        var map = new float[Size * Size];
        map[(7 * Size) + 30] = 1;
        Assert.Equal(1, new HeatmapDecoder(0.3).Decode(map, Size, out var mode, out _));
        Assert.Equal((30, 7), (mode.X, mode.Y));
        Assert.Equal(0.09, mode.VarianceXX, 3);
        Assert.Equal(1, mode.Mass, 6);
    }

    [Theory]
    [InlineData(0.5, 0.45, 2)]
    [InlineData(0.7, 0.25, 2)]
    [InlineData(0.85, 0.1, 1)]
    public void A_second_place_is_told_with_its_own_mass(double first, double second, int expected)
    {
        var map = Gaussian(14.3, 20.8, 1, 1, 0, first);
        var other = Gaussian(29.6, 22.2, 1, 1, 0, second);
        for (var i = 0; i < map.Length; i++)
            map[i] += other[i];
        Assert.Equal(expected, new HeatmapDecoder().Decode(map, Size, out var a, out var b));
        Assert.Equal(14.3, a.X, 0.05);
        Assert.Equal(first, a.Mass, 0.01);
        if (expected < 2)
            return;
        Assert.Equal(29.6, b.X, 0.05);
        Assert.Equal(22.2, b.Y, 0.05);
        Assert.Equal(second, b.Mass, 0.01);
    }

    [Fact]
    public void The_slope_of_a_wide_hill_is_not_a_second_place()
    {
        Assert.Equal(1, new HeatmapDecoder().Decode(Gaussian(24, 24, 4, 4, 0), Size, out var mode, out _));
        Assert.InRange(mode.Mass, 0.3, 0.45);
    }

    [Fact]
    public void A_place_at_the_corner_stays_in_the_map_and_its_mass_counts_what_is_there()
    {
        Assert.True(new HeatmapDecoder().Decode(Gaussian(0, 47, 1.2, 1.2, 0, normalise: false), Size, out var mode, out _) >= 1);
        Assert.InRange(mode.X, -1, 1);
        Assert.InRange(mode.Y, 46, 48);
        Assert.InRange(mode.Mass, 0.2, 0.5);
    }

    [Fact]
    public void Empty_maps_and_maps_of_no_numbers_hold_nothing()
    {
        var decoder = new HeatmapDecoder();
        var map = new float[Size * Size];
        Assert.Equal(0, decoder.Decode(map, Size, out _, out _));
        Array.Fill(map, float.NaN);
        Assert.Equal(0, decoder.Decode(map, Size, out _, out _));
        Array.Fill(map, 1f / map.Length);
        var count = decoder.Decode(map, Size, out var mode, out _);
        Assert.InRange(count, 1, 1);
        Assert.True(double.IsFinite(mode.X + mode.Y + mode.VarianceXX));
        Assert.InRange(mode.Mass, 0, 0.03);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var decoder = new HeatmapDecoder();
        var map = Gaussian(20.2, 30.1, 2, 2, 0.2);
        _ = decoder.Decode(map, Size, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _ = decoder.Decode(map, Size, out _, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Gaussian(double x, double y, double sx, double sy, double rho, double mass = 1, bool normalise = true)
    {
        var map = new double[Size * Size];
        for (var j = 0; j < Size; j++)
            for (var i = 0; i < Size; i++)
            {
                var (a, b) = ((i - x) / sx, (j - y) / sy);
                map[(j * Size) + i] = Math.Exp(-0.5 * ((a * a) - (2 * rho * a * b) + (b * b)) / (1 - (rho * rho)));
            }
        var sum = normalise ? map.Sum() : 2 * Math.PI * sx * sy * Math.Sqrt(1 - (rho * rho));
        return [.. map.Select(p => (float)(mass * p / sum))];
    }
}
