namespace ClosedLoop.Commands;

/// <summary>How fast our own rat steps beside another body, in one run on one core.</summary>
/// <param name="Other">The other body's name.</param>
/// <param name="SetPointAmplitude">Both are driven by random set-points between plus and minus this; 0: at rest.</param>
/// <param name="OtherMicroseconds">A step of the other body, microseconds.</param>
/// <param name="OursMicroseconds">A step of ours, microseconds.</param>
/// <param name="Ratio">Above 1 where ours is faster.</param>
internal sealed record SteppingResult(string Other, double SetPointAmplitude, double OtherMicroseconds, double OursMicroseconds, double Ratio);
