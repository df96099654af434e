namespace ClosedLoop.Recording;

/// <summary>An array of structures: each field with its value in each of them.</summary>
internal sealed record MatStruct(int[] Dimensions, IReadOnlyDictionary<string, MatValue[]> Fields) : MatValue(Dimensions);
