namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>
/// OpenCV's own photographs of boards, from Debian's package opencv-doc: './closedloop test' fetches and unpacks it into
/// .build/opencv-doc where there is a network. Tests on them say that they skip where they are absent.
/// </summary>
internal static class OpenCvPhotographs
{
    private const string Data = "usr/share/doc/opencv-doc/examples/data";

    /// <summary>The 13 pictures of each side: 01 to 14 without 10.</summary>
    public static readonly string[] Numbers = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "12", "13", "14"];

    public static string Require(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            foreach (var root in new[] { Path.Combine(folder.FullName, ".build", "opencv-doc"), Path.Combine(folder.FullName, "shared", "data", "opencv-doc"), "/" })
                foreach (var place in new[] { Data, "usr/share/doc/opencv-doc/opencv4/html" })
                    if (Path.Combine(root, place, name) is var path && File.Exists(path))
                        return path;
        Skip.If(true, "needs OpenCV's photographs (Debian's package opencv-doc) in .build/opencv-doc, which './closedloop test' fetches where there is a network");
        return "";
    }

    /// <summary>Copies pairs into a folder of the two cameras.</summary>
    public static void CopyPairs(string folder, IEnumerable<string> numbers)
    {
        foreach (var side in new[] { "left", "right" })
        {
            Directory.CreateDirectory(Path.Combine(folder, side));
            foreach (var number in numbers)
                File.Copy(Require($"{side}{number}.jpg"), Path.Combine(folder, side, $"{side}{number}.jpg"));
        }
    }
}
