using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// A file of 3D keypoints (.nwb, .mat, .csv, or the keypoints of a recording, .mcap), read to memory whole, as a source of keypoint sets. Frames can also be
/// read in any order. Units, rate and confidences are settled while opening; <see cref="Notes"/> says how.
/// </summary>
/// <remarks>
/// Stamps: the sequence counts from 0 over the chosen frames; the device's counter is the frame's number in the file;
/// the device's time is the animal's time in the file. Without a playback rate capture and production are the animal's
/// time since the first chosen frame, so that two readings are alike bit for bit; with one they are the time at which
/// the frame was due and that at which it was handed out.
/// </remarks>
public sealed class KeypointFile : IKeypointSource
{
    private readonly KeypointFileOptions _options;
    private readonly KeypointTable _table;
    private readonly long[]? _frameNumbers;
    private readonly double[]? _timesS;
    private readonly SessionClock _clock;
    private SessionTime? _playbackStart;
    private int _next;

    private KeypointFile(string path, RawKeypoints raw, KeypointFileOptions options)
    {
        Path = path;
        _options = options;
        _clock = options.Clock ?? new();
        if (raw.FrameCount == 0)
            throw ClosedLoopException.Failed($"'{path}' has keypoints but not a single frame");
        (Units, var scale) = UnitResolution.Resolve(raw, options.Units, path);
        (RateHz, var stampsHold) = RateResolution.Resolve(raw, options.RateHz, Units, path);
        _table = KeypointTable.Make(raw, options, scale, path);
        _frameNumbers = raw.FrameNumbers;
        _timesS = stampsHold ? raw.TimestampsS : null;
        Notes = raw.Notes;
        if (!Problems.None)
            raw.Notes.Add(Problems.ToString());
        Description = $"{System.IO.Path.GetFileName(path)} ({raw.Kind}, {FrameCount} frames at {RateHz:G6} Hz)";
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public KeypointLayout Layout => _table.Layout;

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The unit that the file's numbers turned out to be in; what is read here is in metres.</summary>
    public LengthUnit Units { get; }

    /// <summary>How many frames were chosen.</summary>
    public int FrameCount => _table.Confidence.Length / Layout.Count;

    /// <summary>What was decided about units, rate and confidences and why, a sentence each, for the summary.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Missing and impossible keypoints.</summary>
    public KeypointProblems Problems => _table.Problems;

    /// <summary>Opens a keypoint file; its ending tells its kind.</summary>
    /// <exception cref="ClosedLoopException">
    /// Exit code 2: there is no such file, its ending is unknown, or a keypoint name or frame range does not fit.
    /// Exit code 1: the file is empty, truncated, damaged or without keypoints.
    /// </exception>
    public static KeypointFile Open(string path, KeypointFileOptions? options = null)
    {
        options ??= new();
        options.Check();
        if (Directory.Exists(path))
            throw ClosedLoopException.Usage($"'{path}' is a directory; a keypoint file (.nwb, .mat, .csv or .mcap) was expected");
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no file '{path}'");
        try
        {
            var extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
            if (extension is not (".nwb" or ".mat" or ".csv" or ".mcap"))
                throw ClosedLoopException.Usage($"'{path}' is not a kind of keypoint file that can be read; known are .nwb, .mat, .csv and .mcap");
            if (new FileInfo(path).Length == 0)
                throw ClosedLoopException.Failed($"'{path}' is empty");
            var raw = extension switch
            {
                ".nwb" => NwbKeypointReader.Read(path),
                ".mat" => MatKeypointReader.Read(path),
                ".mcap" => RecordingKeypointReader.Read(path),
                _ => CsvKeypointReader.Read(path),
            };
            return new(path, raw, options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Whether a path is that of a recording (.mcap) that holds keypoints but no session, as <c>track</c> writes one.</summary>
    public static bool IsRecordingOfKeypoints(string path) =>
        SessionRecording.HasEnding(path) && File.Exists(path) && RecordingKeypointReader.HoldsKeypointsAlone(path);

    /// <summary>Writes the chosen frame number <paramref name="index"/> (from 0) to <paramref name="into"/>, stamp included.</summary>
    public void Frame(int index, Keypoints into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, FrameCount);
        var time = SessionTime.FromSeconds(index / RateHz);
        Copy(index, into, time, time);
    }

    /// <inheritdoc/>
    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        if (_next >= FrameCount || cancellation.IsCancellationRequested)
            return false;
        if (_options.PlaybackRate is not { } rate)
        {
            Frame(_next++, keypoints);
            return true;
        }
        _playbackStart ??= _clock.Now;
        var due = _playbackStart.Value + SessionTime.FromSeconds(_next / (RateHz * rate)).Nanoseconds;
        if (!_clock.WaitUntil(due, cancellation))
            return false;
        Copy(_next++, keypoints, due, _clock.Now);
        return true;
    }

    /// <summary>Refuses a file in which a keypoint is missing anywhere in the chosen frames.</summary>
    /// <exception cref="ClosedLoopException">One is; the message says how many, where the first is, and why.</exception>
    public void Validate()
    {
        if (!Problems.None)
            throw ClosedLoopException.Failed($"'{Path}' is not complete: {Problems}");
    }

    /// <summary>Nothing is held open.</summary>
    public void Dispose()
    {
    }

    private void Copy(int index, Keypoints into, SessionTime captured, SessionTime produced)
    {
        var count = Layout.Count;
        _table.Positions.AsSpan(3 * count * index, 3 * count).CopyTo(into.Positions);
        _table.Confidence.AsSpan(count * index, count).CopyTo(into.Confidence);
        var inFile = _table.First + index;
        var deviceTime = SessionTime.FromSeconds(_timesS is null ? inFile / RateHz : _timesS[inFile]);
        into.FrameSetSequence = RecordStamp.None;
        into.Stamp = new(index, _frameNumbers is null ? inFile : _frameNumbers[inFile], deviceTime.Nanoseconds, captured, produced);
    }
}
