namespace ClosedLoop.Core;

/// <summary>The calibrated cameras of one rig, in the arena's frame (metres; x, y on the floor, z up).</summary>
/// <param name="Cameras">The cameras in the order of their views.</param>
public sealed record RigCalibration(IReadOnlyList<CameraCalibration> Cameras)
{
    /// <summary>The index of the camera called <paramref name="name"/>.</summary>
    /// <exception cref="ClosedLoopException">There is none; the message names the nearest.</exception>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Cameras.Count; i++)
            if (Cameras[i].Name == name)
                return i;
        var names = Cameras.Select(camera => camera.Name).ToArray();
        throw ClosedLoopException.Usage(
            $"the calibration has no camera named '{name}'{Spelling.Suggest(name, names)}; its cameras are {string.Join(", ", names)}");
    }
}
