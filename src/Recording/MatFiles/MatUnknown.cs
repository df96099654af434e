namespace ClosedLoop.Recording;

/// <summary>What is not read here: sparse arrays, objects, function handles.</summary>
internal sealed record MatUnknown(int Class) : MatValue([0, 0]);
