using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Reads the images of all cameras and finds the board in them, on all cores.</summary>
public sealed class ObservationReader
{
    /// <summary>Sets that are looked at where a recording has more and nothing else was asked for.</summary>
    private const int MostSets = 250;

    private readonly IReadOnlyList<ImageSequence> _cameras;
    private readonly BoardDescription _board;
    private readonly IProgress<string>? _progress;
    private readonly CancellationToken _cancellation;
    private int _done;
    private int _found;

    private ObservationReader(IReadOnlyList<ImageSequence> cameras, BoardDescription board, IProgress<string>? progress, CancellationToken cancellation) =>
        (_cameras, _board, _progress, _cancellation) = (cameras, board, progress, cancellation);

    /// <summary>Finds the board in the images of <paramref name="cameras"/>.</summary>
    /// <param name="cameras">The cameras; images of equal order are simultaneous.</param>
    /// <param name="board">The board.</param>
    /// <param name="every">Looks at every so many-th set; 0: at all of up to 250, at as many of a longer recording.</param>
    /// <param name="progress">Told how far the search is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">
    /// Images that cannot be read, of different numbers or sizes, of another board, mirrored, or twice the same.
    /// </exception>
    public static BoardObservations Read(
        IReadOnlyList<ImageSequence> cameras, BoardDescription board, int every = 0, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(board);
        var counts = cameras.Select(camera => camera.Count(cancellation)).ToArray();
        if (counts.Distinct().Count() > 1)
            throw ClosedLoopException.Usage(
                $"the cameras have different numbers of images ({string.Join(", ", cameras.Select((camera, c) => $"{camera.Name} {counts[c]}"))}), so that equal order cannot mean simultaneous; " +
                "take away what has no counterpart, or put an empty picture in the place of one that is missing");
        if (counts[0] == 0)
            throw ClosedLoopException.Usage($"the camera '{cameras[0].Name}' has no images");
        var step = Step(counts[0], every);
        var sets = Enumerable.Range(0, (counts[0] + step - 1) / step).Select(i => i * step).ToArray();
        var samples = new ImageSamples(cameras, sets, cancellation);
        board = BoardConfirmation.ResolveParity(board, samples);
        return new ObservationReader(cameras, board, progress, cancellation).Search(sets, samples);
    }

    /// <summary>Every how many-th set is looked at, of so many.</summary>
    internal static int Step(long sets, int every) => every > 0 ? every : (int)Math.Max(1, (sets + MostSets - 1) / MostSets);

    private BoardObservations Search(int[] sets, ImageSamples samples)
    {
        var views = _cameras.Select(_ => new BoardView?[sets.Length]).ToArray();
        var digests = _cameras.Select(_ => new ulong[sets.Length]).ToArray();
        var sizes = new (int Width, int Height)[_cameras.Count];
        // One piece of work a picture, and one a video, whose frames must be read in their order.
        var work = Enumerable.Range(0, _cameras.Count)
            .SelectMany(c => _cameras[c].Pictures is null ? [(c, -1)] : Enumerable.Range(0, sets.Length).Select(s => (c, s)));
        try
        {
            Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = _cancellation }, item =>
            {
                var (c, s) = item;
                if (s >= 0)
                    Look(c, s, _cameras[c].ReadPicture(sets[s]));
                else
                    ReadVideo(c);
            });
        }
        // NB: the first refusal is the one to be told; the others are its like.
        catch (AggregateException e) when (e.InnerExceptions.OfType<ClosedLoopException>().FirstOrDefault() is { } refusal)
        {
            throw refusal;
        }

        var observations = new BoardObservations
        {
            Board = _board,
            Cameras = [.. _cameras.Select((camera, c) => (camera.Name, sizes[c].Width, sizes[c].Height))],
            SetNames = [.. sets.Select(set => _cameras[0].NameOf(set))],
            Views = views,
        };
        DuplicateCameras.Refuse(observations, digests);
        BoardConfirmation.Refuse(observations, samples);
        return observations;

        void Look(int c, int s, GreyImage image)
        {
            lock (sizes)
            {
                if (sizes[c] == default)
                    sizes[c] = (image.Width, image.Height);
                else if (sizes[c] != (image.Width, image.Height))
                    throw ClosedLoopException.Usage(
                        $"the images of the camera '{_cameras[c].Name}' differ in size: {_cameras[c].NameOf(sets[s])} is {image.Width}x{image.Height} and others are {sizes[c].Width}x{sizes[c].Height}; a calibration is for one size");
            }
            digests[c][s] = ImageDigest.Of(image.Pixels);
            views[c][s] = BoardDetector.Find(image.Pixels, image.Width, image.Height, _board);
            var found = views[c][s] is null ? Volatile.Read(ref _found) : Interlocked.Increment(ref _found);
            _progress?.Report($"looking for the board: {Interlocked.Increment(ref _done)} of {sets.Length * _cameras.Count} images, found in {found}");
        }

        void ReadVideo(int c)
        {
            using var video = new VideoFrames(_cameras[c]);
            for (int s = 0, frame = 0; s < sets.Length; frame++)
            {
                _cancellation.ThrowIfCancellationRequested();
                var wanted = frame == sets[s];
                if (!(wanted ? video.Read() : video.Skip()))
                    throw ClosedLoopException.Failed($"the video {_cameras[c].Video} ended early, before frame {sets[s]}");
                if (wanted)
                    Look(c, s++, video.Image);
            }
        }
    }
}
