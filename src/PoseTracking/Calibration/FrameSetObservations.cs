using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Finds the board in the frame sets of a source that has an end, as a recording has.</summary>
public static class FrameSetObservations
{
    /// <summary>Reads the source to its end.</summary>
    /// <param name="source">The images.</param>
    /// <param name="setCount">How many sets it has.</param>
    /// <param name="board">The board.</param>
    /// <param name="every">Looks at every so many-th set; 0: at all of up to 250, at as many of a longer recording.</param>
    /// <param name="cameras">The cameras that are wanted, in the order that is wanted; null: all in the source's.</param>
    /// <param name="progress">Told how far the search is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">A camera that is not there, images of another board, mirrored, or twice the same.</exception>
    public static BoardObservations Read(
        IFrameSource source, long setCount, BoardDescription board, int every = 0, IReadOnlyList<string>? cameras = null,
        IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(board);
        cameras ??= source.CameraNames;
        var places = cameras.Select(name => source.CameraNames.ToList().IndexOf(name)).ToArray();
        if (Array.FindIndex(places, place => place < 0) is >= 0 and var missing)
            throw ClosedLoopException.Usage($"{source.Description} holds nothing of the camera '{cameras[missing]}'{Spelling.Suggest(cameras[missing], source.CameraNames)}; it holds {string.Join(", ", source.CameraNames)}");
        var step = ObservationReader.Step(setCount, every);
        var collector = new BoardCollector(cameras, [.. places.Select(place => source.Cameras[place])], board);
        var (set, ordered) = (new FrameSet(source.Cameras), new FrameSet([.. places.Select(place => source.Cameras[place])]));
        var found = 0;
        for (long place = 0; source.TryRead(set, cancellation); place++)
        {
            if (place % step != 0)
                continue;
            for (var c = 0; c < places.Length; c++)
            {
                ordered.Present[c] = set.Present[places[c]];
                (ordered.Pixels[c], set.Pixels[places[c]]) = (set.Pixels[places[c]], ordered.Pixels[c]);
            }
            found += collector.Look(ordered).Count(view => view is not null);
            collector.Take($"set {place}");
            progress?.Report($"looking for the board: {collector.Taken} of {(setCount + step - 1) / step} sets, found in {found} images");
        }
        cancellation.ThrowIfCancellationRequested();
        return collector.Finish();
    }
}
