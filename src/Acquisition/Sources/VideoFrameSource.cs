using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Frame sets from files: one video, or one folder of pictures, per camera, where equal places mean the same trigger.
/// With a clock it keeps real time: a set comes when it is due. Without one it comes as fast as it is read, with
/// synthetic times. What is delivered does not depend on the pace.
/// </summary>
/// <remarks>
/// Files are decoded by the reader's thread, the next set before its time has come. A file that ends before the others
/// is missing from then on, as is an image that cannot be decoded; <see cref="Undecodable"/> and <see cref="Notes"/> tell.
/// Allocates nothing per set.
/// </remarks>
public sealed class VideoFrameSource : IFrameSource
{
    private static readonly string[] VideoExtensions = [".mp4", ".avi", ".mkv", ".mov", ".m4v"];

    private readonly IImageSequence[] _files;
    private readonly bool[] _ended;
    private readonly SessionClock? _clock;
    private readonly long _frames;
    private SessionTime? _start;
    private FrameSet? _decoded;
    private bool _hasDecoded;
    private long _next;

    /// <summary>Plays files that are open; they are then this source's.</summary>
    /// <param name="cameras">Names and files, in the order of a set's images.</param>
    /// <param name="clock">The session's clock for real time; null: as fast as read, with times from 0.</param>
    /// <param name="rateHz">Sets a second; null: as the files state.</param>
    /// <param name="description">What this is, for a person.</param>
    /// <exception cref="ClosedLoopException">There are no files, or they state different rates, or none.</exception>
    public VideoFrameSource(IReadOnlyList<(string Name, IImageSequence Images)> cameras, SessionClock? clock, double? rateHz, string description)
    {
        if (cameras.Count == 0)
            throw ClosedLoopException.Usage($"{description} has no camera");
        (_files, _clock) = ([.. cameras.Select(camera => camera.Images)], clock);
        _ended = new bool[_files.Length];
        CameraNames = [.. cameras.Select(camera => camera.Name)];
        Cameras = [.. _files.Select(file => (file.WidthPx, file.HeightPx, 3))];
        RateHz = rateHz ?? CommonRate();
        _frames = _files.Max(file => file.FrameCount);
        Notes = [.. cameras.Where(camera => camera.Images.FrameCount != _frames).Select(camera =>
            $"{camera.Name} has {camera.Images.FrameCount} images, others {_frames}; it is missing from the sets after that")];
        Description = $"{description} ({_files.Length} cameras, {_frames} sets at {RateHz:G6} Hz)";
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CameraNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<(int Width, int Height, int Channels)> Cameras { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>What a person should know of the files.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How many sets there are, as far as the files say.</summary>
    public long SetCount => _frames;

    /// <summary>Images so far that could not be decoded.</summary>
    public long Undecodable { get; private set; }

    /// <summary>
    /// Opens a folder with one video, or one folder of pictures, per camera, named as the camera.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cameraNames">Which cameras, in which order; null: all there are, in natural order.</param>
    /// <param name="clock">The session's clock for real time; null: as fast as read, with times from 0.</param>
    /// <param name="rateHz">Sets a second; null: as the files state.</param>
    /// <exception cref="ClosedLoopException">There is no such folder or camera, or a file cannot be used.</exception>
    public static VideoFrameSource Open(string folder, IReadOnlyList<string>? cameraNames = null, SessionClock? clock = null, double? rateHz = null)
    {
        var found = Find(folder);
        var names = cameraNames ?? [.. found.Keys.Order(NaturalOrder.Instance)];
        if (names.Count == 0)
            throw ClosedLoopException.Usage($"the folder '{folder}' holds no videos ({string.Join(", ", VideoExtensions)}) and no folders of pictures");
        foreach (var name in names)
            if (!found.ContainsKey(name))
                throw ClosedLoopException.Usage(
                    $"the folder '{folder}' has no video of the camera '{name}'{Spelling.Suggest(name, [.. found.Keys])}; it has {string.Join(", ", found.Keys.Order(NaturalOrder.Instance))}");
        var files = new List<(string, IImageSequence)>();
        try
        {
            foreach (var name in names)
                files.Add((name, Directory.Exists(found[name]) ? ImageFolder.Open(found[name]) : VideoFile.Open(found[name])));
            return new(files, clock, rateHz, $"videos in {folder}");
        }
        catch
        {
            files.ForEach(file => file.Item2.Dispose());
            throw;
        }
    }

    /// <summary>The cameras of a folder: name, and video or folder of pictures.</summary>
    /// <exception cref="ClosedLoopException">There is no such folder, or a camera has two videos.</exception>
    public static IReadOnlyDictionary<string, string> Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw ClosedLoopException.Usage($"there is no folder '{folder}'");
        var found = new Dictionary<string, string>();
        var candidates = Directory.EnumerateFiles(folder)
            .Where(file => VideoExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Concat(Directory.EnumerateDirectories(folder).Where(ImageFolder.HoldsPictures));
        foreach (var path in candidates.Order(NaturalOrder.Instance))
            if (!found.TryAdd(Directory.Exists(path) ? Path.GetFileName(path) : Path.GetFileNameWithoutExtension(path), path))
                throw ClosedLoopException.Usage($"the folder '{folder}' has two videos of one camera: '{path}' and another of the same name; take one away");
        return found;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The stamps: <see cref="RecordStamp.DeviceCounter"/> is the place in the files,
    /// <see cref="RecordStamp.DeviceTimeNs"/> its time by their rate. The first set is due at the first read.
    /// </remarks>
    public bool TryRead(FrameSet set, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return false;
        _decoded ??= new(Cameras);
        if (!_hasDecoded && !Decode(_decoded))
            return false;
        _hasDecoded = true;
        var dueNs = (long)Math.Round(_next * 1e9 / RateHz);
        _start ??= _clock?.Now ?? SessionTime.Zero;
        var due = _start.Value + dueNs;
        if (_clock is not null && !_clock.WaitUntil(due, cancellation))
            return false;
        var stamp = new RecordStamp(_next, _next, dueNs, due, _clock?.Now ?? due);
        _decoded.Stamp = stamp;
        for (var i = 0; i < _files.Length; i++)
            _decoded.Stamps[i] = _decoded.Present[i] ? stamp : default;
        set.ExchangeWith(_decoded);
        (_hasDecoded, _next) = (false, _next + 1);
        return true;
    }

    /// <summary>Makes the set of this place the next; the pace begins anew with it.</summary>
    public void Seek(long frame)
    {
        for (var i = 0; i < _files.Length; i++)
        {
            _ended[i] = frame >= _files[i].FrameCount;
            if (!_ended[i])
                _files[i].Seek(frame);
        }
        (_next, _hasDecoded) = (frame, false);
        if (_clock is not null)
            _start = _clock.Now + -(long)Math.Round(frame * 1e9 / RateHz);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private bool Decode(FrameSet set)
    {
        var any = false;
        for (var i = 0; i < _files.Length; i++)
        {
            set.Present[i] = false;
            if (_ended[i])
                continue;
            var before = _files[i].Position;
            try
            {
                set.Present[i] = _files[i].TryRead(set.Pixels[i], 3);
                _ended[i] = !set.Present[i];
            }
            catch (ClosedLoopException) when (_files[i].Position > before)
            {
                Undecodable++;
            }
            any |= !_ended[i];
        }
        return any;
    }

    private double CommonRate()
    {
        var rates = _files.Select(file => file.RateHz).ToArray();
        if (rates.Any(rate => !(rate > 0)))
            throw ClosedLoopException.Usage($"'{_files[Array.FindIndex(rates, rate => !(rate > 0))].Path}' does not state how many images it has a second; give the rate");
        var other = Array.FindIndex(rates, rate => Math.Abs(rate - rates[0]) > 1e-3 * rates[0]);
        return other < 0
            ? rates[0]
            : throw ClosedLoopException.Usage(
                $"'{_files[0].Path}' has {rates[0]:G6} images a second and '{_files[other].Path}' {rates[other]:G6}; give the rate that both were taken at");
    }
}
