namespace ClosedLoop.Core;

/// <summary>The names of an animal's keypoints in their order, and the edges that a skeleton is drawn with.</summary>
/// <param name="Names">Keypoint names; positions in every <see cref="Keypoints"/> of this layout follow this order.</param>
/// <param name="Edges">Pairs of indices into <paramref name="Names"/>.</param>
public sealed record KeypointLayout(IReadOnlyList<string> Names, IReadOnlyList<(int From, int To)> Edges)
{
    /// <summary>
    /// The 23 keypoints of the rat as DANNCE and Label3D order them (skeleton "rat23": dannce-pytorch, Label3D and
    /// stac-mjx share it).
    /// </summary>
    public static KeypointLayout Rat23 { get; } = new(
        ["Snout", "EarL", "EarR", "SpineF", "SpineM", "SpineL", "TailBase",
         "ShoulderL", "ElbowL", "WristL", "HandL", "ShoulderR", "ElbowR", "WristR", "HandR",
         "HipL", "KneeL", "AnkleL", "FootL", "HipR", "KneeR", "AnkleR", "FootR"],
        [(0, 1), (0, 2), (0, 3), (1, 2), (3, 4), (3, 7), (3, 11), (4, 5), (5, 6), (5, 15), (5, 19), (7, 8), (8, 9),
         (9, 10), (11, 12), (12, 13), (13, 14), (15, 16), (16, 17), (17, 18), (19, 20), (20, 21), (21, 22)]);

    /// <summary>Number of keypoints.</summary>
    public int Count => Names.Count;

    /// <summary>The index of <paramref name="name"/>.</summary>
    /// <exception cref="ClosedLoopException">There is no such keypoint; the message names the nearest one.</exception>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name)
                return i;
        throw ClosedLoopException.Usage(
            $"there is no keypoint named '{name}'{Spelling.Suggest(name, Names)}; the keypoints are {string.Join(", ", Names)}");
    }

    /// <summary>
    /// For every keypoint its counterpart on the other side of the body (names that differ in a final L or R, where
    /// both exist), or its own index on the midline.
    /// </summary>
    public int[] MirrorIndices()
    {
        var mirror = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            var name = Names[i];
            mirror[i] = i;
            if (name.Length < 2 || name[^1] is not ('L' or 'R'))
                continue;
            var other = name[..^1] + (name[^1] == 'L' ? 'R' : 'L');
            for (var j = 0; j < Count; j++)
                if (Names[j] == other)
                    mirror[i] = j;
        }
        return mirror;
    }
}
