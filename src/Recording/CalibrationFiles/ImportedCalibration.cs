using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Another program's calibration as it was read.</summary>
/// <param name="Kind">What the file is, as in "Anipose calibration".</param>
/// <param name="Cameras">Its cameras, in metres and in OpenCV's conventions.</param>
/// <param name="Notes">What had to be assumed.</param>
public sealed record ImportedCalibration(string Kind, IReadOnlyList<CameraCalibration> Cameras, IReadOnlyList<string> Notes);
