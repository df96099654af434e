namespace ClosedLoop.Recording;

/// <summary>A value of a MATLAB file: numbers, text, a cell or a structure. The first dimension runs fastest.</summary>
internal abstract record MatValue(int[] Dimensions);
