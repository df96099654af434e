using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// A camera of the simulated laboratory behind the contract of real ones: drawn as it is read, frames arriving a little
/// after their trigger by a delay that jitters, some lost on the way. Further faults: <see cref="FaultyCamera"/>.
/// NB: two cores draw about 90 images a second; six cameras at 50 Hz in real time need four times that. A session on a
/// small machine plays what <c>simulate</c> wrote instead.
/// </summary>
/// <param name="name">What the rig calls it.</param>
/// <param name="views">What is filmed, and how.</param>
/// <param name="camera">Which camera of the simulated rig, from 0.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="options">What goes wrong on the way; null: nothing.</param>
/// <param name="trigger">A trigger that other cameras share; null: one of its own at 50 Hz.</param>
/// <param name="isPaced">Whether a trigger of its own keeps real time.</param>
public sealed class SimulatedCamera(
    string name, SimulatedViewOptions views, int camera, SessionClock clock, SimulatedCameraOptions? options = null, TriggerClock? trigger = null, bool isPaced = true)
    : SequenceCamera(name, clock, trigger, null, isPaced, framesAhead: 4)
{
    private readonly SimulatedCameraOptions _options = options ?? new();
    private readonly bool _isPaced = trigger?.IsPaced ?? isPaced;
    private RandomStream _delays = new(views.Seed, $"delays of camera {camera}");
    private RandomStream _losses = new(views.Seed, $"losses of camera {camera}");
    private SimulatedImageSequence? _images;

    /// <inheritdoc/>
    public override string Description => $"simulated camera {camera}";

    /// <summary>Frames that were lost on the way since the start.</summary>
    public long Lost { get; private set; }

    /// <inheritdoc/>
    protected override IImageSequence OpenImages() => _images = new(views, camera, _options.Frames);

    /// <inheritdoc/>
    protected override void StartDevice()
    {
        _delays = new(views.Seed, $"delays of camera {camera}");
        _losses = new(views.Seed, $"losses of camera {camera}");
        Lost = 0;
        base.StartDevice();
    }

    /// <inheritdoc/>
    protected override bool FetchFrame(CameraFrame frame)
    {
        while (_losses.Uniform() < _options.LossProbability)
        {
            if (!_images!.TrySkip())
                return false;
            Lost++;
        }
        return base.FetchFrame(frame);
    }

    /// <inheritdoc/>
    protected override bool WaitUntilDue(CameraFrame frame, CancellationToken cancellation)
    {
        if (!base.WaitUntilDue(frame, cancellation))
            return false;
        if (!_isPaced || (_options.DelayS <= 0 && _options.JitterSdS <= 0))
            return true;
        var delay = Math.Max(0, _options.DelayS + (_options.JitterSdS * _delays.Normal()));
        if (!Clock.WaitUntil(frame.Stamp.Captured + SessionTime.FromSeconds(delay).Nanoseconds, cancellation))
            return false;
        frame.Stamp = frame.Stamp with { Produced = Clock.Now };
        return true;
    }
}
