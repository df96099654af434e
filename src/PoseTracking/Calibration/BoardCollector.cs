using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds the board in sets of simultaneous images that pass by once, as those of live cameras and of recordings do, and
/// keeps what was seen in the sets that are taken. One thread calls it; the images of a set are searched side by side.
/// </summary>
public sealed class BoardCollector
{
    /// <summary>By so many markers one layout of an ambiguous board must fit better before it is believed.</summary>
    private const int SureMarkers = 4;

    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<(int Width, int Height, int Channels)> _sizes;
    private readonly GreyImage[] _grey;
    private readonly BoardView?[] _seen;
    private readonly List<BoardView?>[] _views;
    private readonly List<ulong>[] _digests;
    private readonly bool[] _present;
    private readonly List<string> _setNames = [];
    private readonly KeptSamples _samples;
    private readonly int[] _fitting = new int[2];
    private bool _isSettled;

    /// <summary>Makes an empty collection.</summary>
    /// <param name="names">The cameras, in the order of a set's images.</param>
    /// <param name="sizes">Width and height in pixels and channels, per camera.</param>
    /// <param name="board">The board.</param>
    public BoardCollector(IReadOnlyList<string> names, IReadOnlyList<(int Width, int Height, int Channels)> sizes, BoardDescription board)
    {
        (_names, _sizes, Board) = (names, sizes, board);
        _grey = [.. sizes.Select(size => new GreyImage(new byte[size.Width * size.Height], size.Width, size.Height))];
        (_seen, _present) = (new BoardView?[names.Count], new bool[names.Count]);
        _views = [.. names.Select(_ => new List<BoardView?>())];
        _digests = [.. names.Select(_ => new List<ulong>())];
        _samples = new(names.Count);
        // Only a ChArUco board with an even number of rows comes in two layouts.
        _isSettled = board.Kind != BoardKind.Charuco || board.Rows % 2 != 0;
        if (_isSettled)
            Board = board with { Parity = 1 };
    }

    /// <summary>The board; its layout is known once it has been seen.</summary>
    public BoardDescription Board { get; private set; }

    /// <summary>Sets that were looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>Sets that were taken.</summary>
    public int Taken => _setNames.Count;

    /// <summary>Looks for the board in a set.</summary>
    /// <returns>Per camera the board as it was seen, or null; overwritten by the next look.</returns>
    /// <exception cref="ClosedLoopException">The search failed.</exception>
    public IReadOnlyList<BoardView?> Look(FrameSet set)
    {
        Looked++;
        Parallel.For(0, _names.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, c =>
        {
            _seen[c] = null;
            _present[c] = set.Present[c];
            if (!_present[c])
                return;
            ToGrey(set.Pixels[c], _sizes[c].Channels, _grey[c].Pixels);
            if (!_isSettled)
                LookAtLayout(_grey[c]);
            if (_isSettled)
                _seen[c] = BoardDetector.Find(_grey[c].Pixels, _grey[c].Width, _grey[c].Height, Board);
        });
        if (!_isSettled && Math.Abs(_fitting[0] - _fitting[1]) >= SureMarkers)
        {
            Board = Board with { Parity = _fitting[0] > _fitting[1] ? 0 : 1 };
            _isSettled = true;
        }
        for (var c = 0; c < _names.Count; c++)
            if (_present[c] && _seen[c] is null)
                _samples.Offer(c, -1, found: false, _grey[c]);
        return _seen;
    }

    /// <summary>Takes the set that was looked at last.</summary>
    /// <param name="name">What messages call it.</param>
    public void Take(string name)
    {
        for (var c = 0; c < _names.Count; c++)
        {
            _views[c].Add(_seen[c]);
            // NB: images that did not come are not the same image.
            _digests[c].Add(_present[c] ? ImageDigest.Of(_grey[c].Pixels) : (ulong)((c + 1) * 1_000_003L) + (ulong)Taken);
            if (_seen[c] is not null)
                _samples.Offer(c, Taken, found: true, _grey[c]);
        }
        _setNames.Add(name);
    }

    /// <summary>What a camera saw of the board in the sets that were taken; null where it saw none.</summary>
    public IReadOnlyList<BoardView?> ViewsOf(int camera) => _views[camera];

    /// <summary>What was taken so far, unchecked.</summary>
    public BoardObservations Observations => new()
    {
        Board = Board,
        Cameras = [.. _names.Zip(_sizes, (name, size) => (name, size.Width, size.Height))],
        SetNames = [.. _setNames],
        Views = [.. _views.Select(views => views.ToArray())],
    };

    /// <summary>What was taken, checked as images of files are.</summary>
    /// <exception cref="ClosedLoopException">Another board was shown, images are mirrored, two cameras are one, or one saw too little.</exception>
    public BoardObservations Finish()
    {
        var observations = Observations;
        if (Taken > 0)
            DuplicateCameras.Refuse(observations, [.. _digests.Select(digests => digests.ToArray())]);
        BoardConfirmation.Refuse(observations, _samples, Looked);
        return observations;
    }

    private void LookAtLayout(GreyImage image)
    {
        for (var parity = 0; parity < 2; parity++)
            if (CalibrationNative.cl_board_markers(image.Pixels, image.Width, image.Height, (Board with { Parity = parity }).ToNative(), out var fits, out _) > 0)
                Interlocked.Add(ref _fitting[parity], fits);
    }

    /// <summary>Grey as OpenCV makes it of RGB.</summary>
    private static void ToGrey(ReadOnlySpan<byte> pixels, int channels, Span<byte> grey)
    {
        if (channels == 1)
        {
            pixels.CopyTo(grey);
            return;
        }
        for (int i = 0, from = 0; i < grey.Length; i++, from += 3)
            grey[i] = (byte)(((4899 * pixels[from]) + (9617 * pixels[from + 1]) + (1868 * pixels[from + 2]) + 8192) >> 14);
    }
}
