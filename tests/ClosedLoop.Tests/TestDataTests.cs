using Xunit;

namespace ClosedLoop.Tests;

/// <summary>Real data are found, or a test on them says that it skips.</summary>
public sealed class TestDataTests
{
    [SkippableFact]
    public void Real_keypoints_are_found_beside_the_repository()
    {
        var path = TestData.Require("rat_keypoints/rat_keypoints_700.nwb");
        Assert.Equal("HDF\r\n"u8.ToArray(), File.ReadAllBytes(path)[1..6]);
    }

    [Fact]
    public void What_is_absent_skips_with_its_name()
    {
        var exception = Assert.ThrowsAny<Exception>(() => TestData.Require("no/such.file"));
        Assert.Equal("SkipException", exception.GetType().Name);
        Assert.Contains("shared/data/no/such.file", exception.Message);
    }
}
