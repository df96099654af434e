using System.IO.Compression;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.ImagePoints;

/// <summary>Reading of other tools' points.</summary>
public sealed class ImagePointFileTests
{
    private static readonly string[] s_names = ["Snout", "EarL", "EarR"];

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public void Sleap_files_of_either_order_and_of_several_tracks(bool reversed, int tracks)
    {
        using var folder = new TemporaryFolder();
        PointFiles.WriteSleap(folder["cam1.analysis.h5"], s_names, 4, Point, tracks, animalTrack: tracks - 1, reversed);
        Check(ImagePointFile.Read(folder["cam1.analysis.h5"]), "SLEAP analysis");
    }

    [Fact]
    public void DeepLabCut_tables()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["cam1DLC.csv"], PointFiles.DeepLabCut(s_names, 4, Point));
        Check(ImagePointFile.Read(folder["cam1DLC.csv"]), "DeepLabCut table");
    }

    [Fact]
    public void DeepLabCut_labels_whose_rows_are_pictures()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["cam1.csv"],
            "scorer,,,me,me\nbodyparts,,,Snout,Snout\ncoords,,,x,y\nlabeled-data,cam1,img0012.png,1.5,2.5\nlabeled-data,cam1,img0100.png,,\n");
        var file = ImagePointFile.Read(folder["cam1.csv"]);
        Assert.Equal([12, 100], file.FrameNumbers);
        Assert.Equal([1.5, 2.5, double.NaN, double.NaN], file.Points);
        Assert.Equal([1, 1], file.Confidence);
    }

    [Fact]
    public void DeepLabCut_hdf5_as_pandas_writes_it()
    {
        using var folder = new TemporaryFolder();
        var sample = Path.Combine(ClosedLoop.CommandLine.Installation.Root!, "tests", "ClosedLoop.Tests", "Recording", "ImagePoints", "samples", "deeplabcut.h5.gz");
        using (var packed = new GZipStream(File.OpenRead(sample), CompressionMode.Decompress))
        using (var unpacked = File.Create(folder["cam1.h5"]))
            packed.CopyTo(unpacked);
        var file = ImagePointFile.Read(folder["cam1.h5"]);
        Assert.Equal(["Snout", "EarL"], file.Names);
        Assert.Equal([10, 11, 12, 13, 14], file.FrameNumbers);
        for (var f = 0; f < 5; f++)
        {
            double[] expected = [(6 * f) + 0.25, (6 * f) + 1.25, f == 2 ? double.NaN : (6 * f) + 3.25, f == 2 ? double.NaN : (6 * f) + 4.25];
            Assert.Equal(expected, file.Points[(4 * f)..((4 * f) + 4)]);
            Assert.Equal(0.9, file.Confidence[2 * f]);
        }
    }

    [Theory]
    [InlineData("scorer,a\nindividuals,rat1\nbodyparts,Snout\n", "several animals")]
    [InlineData("frame,x,y\n0,1,2\n1,1,2\n", "not a table of DeepLabCut")]
    [InlineData("scorer,a,a\nbodyparts,Snout,Snout\ncoords,x,likelihood\n0,1,2\n", "'Snout' without its y")]
    [InlineData("scorer,a,a\nbodyparts,Snout,Snout\ncoords,x,y\n0,1,2\n0,1,2\n", "frames of")]
    [InlineData("scorer,a,a\nbodyparts,Snout,Snout\ncoords,x,y\n0,1\n", "line 4 has 2 cells")]
    [InlineData("scorer,a,a\nbodyparts,Snout,Snout\ncoords,x,y\n0,1,two\n", "'two', which is not a number")]
    [InlineData("scorer,a,a\nbodyparts,Snout,Snout\ncoords,x,y\n", "not a single frame")]
    public void Broken_tables_are_named(string text, string sentence)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["cam1.csv"], text);
        Assert.Contains(sentence, Assert.Throws<ClosedLoopException>(() => ImagePointFile.Read(folder["cam1.csv"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_hdf5_file_of_something_else_is_named()
    {
        using var folder = new TemporaryFolder();
        using (var file = Hdf5Writer.Create(folder["cam1.h5"]))
            file.WriteDoubles("spikes", [1, 2], 2);
        Assert.Contains("it holds spikes", Assert.Throws<ClosedLoopException>(() => ImagePointFile.Read(folder["cam1.h5"])).Message, StringComparison.Ordinal);
    }

    private static (double, double, double) Point(int frame, int node) =>
        frame == 2 && node == 1 ? (double.NaN, double.NaN, 0) : (10 + (3.25 * frame) + node, 20.5 + frame - node, 0.5 + (0.1 * node));

    private static void Check(ImagePointFile file, string kind)
    {
        Assert.Equal(kind, file.Kind);
        Assert.Equal(s_names, file.Names);
        Assert.Equal([0, 1, 2, 3], file.FrameNumbers);
        for (var f = 0; f < 4; f++)
            for (var n = 0; n < 3; n++)
            {
                var (u, v, score) = Point(f, n);
                Assert.Equal((u, v), (file.Points[2 * ((3 * f) + n)], file.Points[(2 * ((3 * f) + n)) + 1]));
                Assert.Equal(score, file.Confidence[(3 * f) + n]);
            }
    }
}
