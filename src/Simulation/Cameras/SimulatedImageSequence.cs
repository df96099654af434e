using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// One simulated camera's images in order, drawn as they are read. Read by one thread at a time, which may change: the
/// drawing has a thread of its own, to which it belongs.
/// </summary>
public sealed class SimulatedImageSequence : IImageSequence
{
    private readonly SimulatedViewOptions _options;
    private readonly int _camera;
    private readonly byte[] _image;
    private readonly SemaphoreSlim _asked = new(0), _done = new(0);
    private Thread? _thread;
    private Exception? _failure;
    private long _target;
    private bool _draw, _end;

    /// <summary>Makes the sequence; drawing begins with the first image that is read.</summary>
    /// <param name="options">What is filmed, and how.</param>
    /// <param name="camera">Which camera of the rig, from 0.</param>
    /// <param name="frames">How many images there are.</param>
    /// <exception cref="ClosedLoopException">The rig has no such camera, or an option is out of its range.</exception>
    public SimulatedImageSequence(SimulatedViewOptions options, int camera, long frames = long.MaxValue)
    {
        if (camera < 0 || camera >= options.Rig.Cameras)
            throw ClosedLoopException.Usage($"there is no simulated camera {camera}; the rig has {options.Rig.Cameras}, counted from 0");
        (_options, _camera, FrameCount) = (options, camera, frames);
        Calibration = SimulatedRig.Create(options.Rig).Cameras[camera];
        _image = new byte[3 * Calibration.WidthPx * Calibration.HeightPx];
    }

    /// <summary>The camera's true calibration.</summary>
    public CameraCalibration Calibration { get; }

    /// <inheritdoc/>
    public string Path => $"simulated camera {_camera}";

    /// <inheritdoc/>
    public int WidthPx => Calibration.WidthPx;

    /// <inheritdoc/>
    public int HeightPx => Calibration.HeightPx;

    /// <inheritdoc/>
    public double RateHz => 1 / SimulatedAnimal.FramePeriodS;

    /// <inheritdoc/>
    public long FrameCount { get; }

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> pixels, int channels)
    {
        if (pixels.Length != WidthPx * HeightPx * channels || channels is not (1 or 3))
            throw new ArgumentException($"An image of {Path} takes {WidthPx * HeightPx} bytes a channel, with 1 or 3 channels.");
        if (Position >= FrameCount)
            return false;
        GoTo(Position, draw: true);
        if (channels == 3)
            _image.CopyTo(pixels);
        else
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)(((299 * _image[3 * i]) + (587 * _image[(3 * i) + 1]) + (114 * _image[(3 * i) + 2]) + 500) / 1000);
        Position++;
        return true;
    }

    /// <inheritdoc/>
    public bool TrySkip()
    {
        if (Position >= FrameCount)
            return false;
        GoTo(Position, draw: false);
        Position++;
        return true;
    }

    /// <inheritdoc/>
    public void Seek(long frame)
    {
        if (frame < 0 || frame > FrameCount)
            throw ClosedLoopException.Usage($"{Path} has no frame {frame}; it has {FrameCount}, counted from 0");
        Position = frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread is not null && !_end)
        {
            _end = true;
            _asked.Release();
            _thread.Join();
            _asked.Dispose();
            _done.Dispose();
        }
        _end = true;
    }

    private void GoTo(long frame, bool draw)
    {
        ObjectDisposedException.ThrowIf(_end, this);
        if (_thread is null)
        {
            _thread = new(Draw) { IsBackground = true, Name = Path };
            _thread.Start();
        }
        (_target, _draw) = (frame, draw);
        _asked.Release();
        _done.Wait();
        if (_failure is { } failure)
            throw ClosedLoopException.Failed($"{Path} cannot be drawn: {failure.Message}", failure);
    }

    private void Draw()
    {
        SimulatedViews? views = null;
        byte[][] images = [_image];
        while (true)
        {
            _asked.Wait();
            if (_end)
                break;
            try
            {
                // Backwards there is no way but to live it all again.
                if (views is not null && views.Frame >= _target)
                {
                    views.Dispose();
                    views = null;
                }
                views ??= new(_options, [_camera]);
                while (views.Frame < _target - 1)
                {
                    views.Next();
                    views.Skip();
                }
                views.Next();
                if (_draw)
                    views.Photograph(images);
                else
                    views.Skip();
            }
#pragma warning disable CA1031 // It is thrown again where the image was asked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failure = e;
            }
            _done.Release();
        }
        views?.Dispose();
    }
}
