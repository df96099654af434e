namespace ClosedLoop.PoseTracking;

/// <summary>
/// Keeps a few images of each camera while they pass, for those that cannot be read again: some in which the board was
/// found and some in which it was not, spread over all that passed.
/// </summary>
internal sealed class KeptSamples(int cameras) : IImageSamples
{
    /// <summary>How many of each are kept at most. NB: whole images, six cameras of 1.3 megapixels take 120 MB.</summary>
    private const int Most = 8;

    private readonly Kept[] _found = [.. Enumerable.Range(0, cameras).Select(_ => new Kept())];
    private readonly Kept[] _others = [.. Enumerable.Range(0, cameras).Select(_ => new Kept())];

    public int CameraCount => _found.Length;

    /// <summary>Lets an image pass, which is copied where it is kept.</summary>
    /// <param name="camera">Its camera.</param>
    /// <param name="set">Its set's place among those that count; -1: it counts only as an example.</param>
    /// <param name="found">Whether the board was found in it.</param>
    /// <param name="image">The image.</param>
    public void Offer(int camera, int set, bool found, GreyImage image) => (found ? _found : _others)[camera].Offer(set, image);

    public List<GreyImage> Read(int camera, int count, Func<int, bool>? wanted = null)
    {
        var all = _found[camera].Images.Concat(_others[camera].Images).ToList();
        var from = all.Where(kept => wanted is null || (kept.Set >= 0 && wanted(kept.Set))).ToList();
        if (from.Count == 0)
            from = all;
        count = Math.Min(count, from.Count);
        return [.. Enumerable.Range(0, count).Select(i => from[((2 * i) + 1) * from.Count / (2 * count)].Image)];
    }

    /// <summary>Every so many-th of what passed; twice as many are passed over each time that there is no more room.</summary>
    private sealed class Kept
    {
        private int _passed;
        private int _stride = 1;

        public List<(int Set, GreyImage Image)> Images { get; } = [];

        public void Offer(int set, GreyImage image)
        {
            if (_passed++ % _stride != 0)
                return;
            if (Images.Count == Most)
            {
                for (var i = Most - 1; i > 0; i -= 2)
                    Images.RemoveAt(i);
                _stride *= 2;
            }
            Images.Add((set, image with { Pixels = [.. image.Pixels] }));
        }
    }
}
