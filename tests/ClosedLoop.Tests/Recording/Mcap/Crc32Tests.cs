using ClosedLoop.Recording;
using Xunit;

namespace ClosedLoop.Tests.Recording.Mcap;

public class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        var bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        for (var cut = 0; cut < 1000; cut += 13)
            Assert.Equal(Crc32.Of(bytes), Crc32.Append(Crc32.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
    }
}
