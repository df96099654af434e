using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The dictionaries of markers that OpenCV knows, by name (DICT_4X4_50 ...) and number.</summary>
internal static class ArucoDictionary
{
    private static readonly string[] Names =
    [
        "DICT_4X4_50", "DICT_4X4_100", "DICT_4X4_250", "DICT_4X4_1000", "DICT_5X5_50", "DICT_5X5_100", "DICT_5X5_250", "DICT_5X5_1000",
        "DICT_6X6_50", "DICT_6X6_100", "DICT_6X6_250", "DICT_6X6_1000", "DICT_7X7_50", "DICT_7X7_100", "DICT_7X7_250", "DICT_7X7_1000",
        "DICT_ARUCO_ORIGINAL", "DICT_APRILTAG_16h5", "DICT_APRILTAG_25h9", "DICT_APRILTAG_36h10", "DICT_APRILTAG_36h11",
    ];

    private static readonly int[] Sizes = [50, 100, 250, 1000, 50, 100, 250, 1000, 50, 100, 250, 1000, 50, 100, 250, 1000, 1024, 30, 35, 2320, 587];

    /// <summary>OpenCV's number of a dictionary.</summary>
    /// <exception cref="ClosedLoopException">There is none of this name; the message names the nearest.</exception>
    public static int Number(string name)
    {
        var number = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)
            || known.Equals("DICT_" + name, StringComparison.OrdinalIgnoreCase));
        return number >= 0
            ? number
            : throw ClosedLoopException.Usage($"there is no marker dictionary '{name}'{Spelling.Suggest(name, Names)}; there are {string.Join(", ", Names)}");
    }

    public static string Name(int number) => Names[number];

    /// <summary>How many markers a dictionary has.</summary>
    public static int Size(int number) => Sizes[number];

    /// <summary>Whether the first markers of two dictionaries are the same: OpenCV's come in four sizes each.</summary>
    public static bool SameFamily(int a, int b) => a == b || (a < 16 && b < 16 && a / 4 == b / 4);
}
