namespace ClosedLoop.Recording;

/// <summary>A numeric array of a MATLAB file.</summary>
/// <param name="Dimensions">Size of each dimension.</param>
/// <param name="Values">The values, the first dimension running fastest (MATLAB's order).</param>
public sealed record MatArray(int[] Dimensions, double[] Values);
