namespace ClosedLoop.Recording;

/// <summary>A full numeric array.</summary>
internal sealed record MatNumbers(int[] Dimensions, double[] Values) : MatValue(Dimensions);
