using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// What the bundle adjustment moves: per camera a lens (fx fy cx cy k1 k2 p1 p2 k3, pixels) and a pose (arena to camera),
/// per set the board's pose (board to arena). Poses are rotation vector and translation, metres.
/// </summary>
internal sealed class RigState
{
    public const int LensSize = 9;
    public const int PoseSize = 6;

    private RigState(double[] lenses, double[] poses, double[] boards) => (Lenses, Poses, Boards) = (lenses, poses, boards);

    public RigState(int cameras, int sets)
        : this(new double[LensSize * cameras], new double[PoseSize * cameras], new double[PoseSize * sets])
    {
    }

    public double[] Lenses { get; }

    public double[] Poses { get; }

    public double[] Boards { get; }

    public Span<double> Lens(int camera) => Lenses.AsSpan(LensSize * camera, LensSize);

    public Span<double> Pose(int camera) => Poses.AsSpan(PoseSize * camera, PoseSize);

    public Span<double> Board(int set) => Boards.AsSpan(PoseSize * set, PoseSize);

    public RigidMotion PoseOf(int camera) => RigidMotion.FromVector(Pose(camera));

    public RigidMotion BoardOf(int set) => RigidMotion.FromVector(Board(set));

    public RigState Copy() => new([.. Lenses], [.. Poses], [.. Boards]);

    /// <summary>The cameras of a calibration, with boards yet to be placed.</summary>
    public static RigState Of(RigCalibration rig, int sets)
    {
        var state = new RigState(rig.Cameras.Count, sets);
        for (var c = 0; c < rig.Cameras.Count; c++)
        {
            var camera = rig.Cameras[c];
            double[] lens = [camera.FocalXPx, camera.FocalYPx, camera.CentreXPx, camera.CentreYPx, .. camera.Distortion];
            lens.CopyTo(state.Lens(c));
            RigidMotion.Of(camera.Rotation, camera.TranslationM).ToVector(state.Pose(c));
        }
        return state;
    }

    /// <summary>One camera as the rest of the program knows it.</summary>
    /// <param name="camera">Its index.</param>
    /// <param name="name">Its name and image size.</param>
    /// <param name="arena">From the frame of this state to that of the arena.</param>
    public CameraCalibration ToCalibration(int camera, (string Name, int Width, int Height) name, RigidMotion arena)
    {
        var lens = Lens(camera);
        var pose = PoseOf(camera) * arena.Inverse();
        return new()
        {
            Name = name.Name, WidthPx = name.Width, HeightPx = name.Height,
            FocalXPx = lens[0], FocalYPx = lens[1], CentreXPx = lens[2], CentreYPx = lens[3], Distortion = lens[4..].ToArray(),
            Rotation = pose.Rotation, TranslationM = pose.Translation,
        };
    }
}
