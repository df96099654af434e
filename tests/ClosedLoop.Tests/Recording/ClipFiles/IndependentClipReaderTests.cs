using System.Text.Json;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Core.Motion;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>h5py, read as the programs that train on clips do, finds every number where they look for it.</summary>
public sealed class IndependentClipReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Every_number_is_where_the_readers_of_stac_mjx_output_look_for_it()
    {
        var path = _folder["clips.h5"];
        var library = MotionClips.Library(MotionClips.Clip(behaviour: "Fast walk 2"), MotionClips.Clip("rest", behaviour: "", seed: 2));
        var kinematics = MotionClips.Kinematics(library);
        ClipFileWriter.Write(path, library, kinematics);
        using var document = IndependentClipReader.Read(path);
        var found = document.RootElement;

        AssertArray(found, "qpos", [.. library.Clips.SelectMany(clip => clip.Qpos)], 2, 4, 10);
        AssertArray(found, "qvel", kinematics.Qvel, 2, 4, 9);
        AssertArray(found, "xpos", kinematics.BodyPositions, 2, 4, 2, 3);
        AssertArray(found, "xquat", kinematics.BodyQuaternions, 2, 4, 2, 4);
        AssertArray(found, "kp_data", kinematics.Keypoints, 2, 4, 6);
        AssertArray(found, "marker_sites", kinematics.SitePositions, 2, 4, 2, 3);
        AssertArray(found, "offsets", kinematics.Offsets, 2, 3);
        AssertTexts(found, "names_qpos", MotionClips.Names);
        AssertTexts(found, "names_xpos", kinematics.BodyNames);
        AssertTexts(found, "kp_names", kinematics.KeypointNames);
        AssertTexts(found, "behaviours", ["Fastwalk", "Unknown"]);
        // NumPy's bytes, which the readers turn to text by decode or astype.
        Assert.All(found.GetProperty("types").EnumerateObject(), type => Assert.StartsWith("|S", type.Value.GetString(), StringComparison.Ordinal));
        Assert.Equal("gzip", found.GetProperty("compression").GetString());
        Assert.Equal(0.9, found.GetProperty("scale").GetDouble());
        Assert.Equal(2, found.GetProperty("num_clips").GetInt32());
    }

    private static void AssertTexts(JsonElement found, string name, IEnumerable<string> expected) =>
        Assert.Equal(expected, found.GetProperty(name).EnumerateArray().Select(text => text.GetString()!));

    private static void AssertArray(JsonElement found, string name, double[] expected, params int[] dimensions)
    {
        var values = new List<double>();
        Walk(found.GetProperty(name), 0);
        Assert.Equal(expected, values);

        void Walk(JsonElement element, int depth)
        {
            if (depth == dimensions.Length)
            {
                values.Add(element.GetDouble());
                return;
            }
            Assert.Equal(dimensions[depth], element.GetArrayLength());
            foreach (var item in element.EnumerateArray())
                Walk(item, depth + 1);
        }
    }
}
