namespace ClosedLoop.Recording;

/// <summary>An array of values of any kind.</summary>
internal sealed record MatCell(int[] Dimensions, MatValue[] Values) : MatValue(Dimensions);
