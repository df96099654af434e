namespace ClosedLoop.Recording;

/// <summary>Takes one variable of a MATLAB file.</summary>
/// <param name="offset">Where in the file it begins, for messages.</param>
/// <param name="body">Its element without the tag.</param>
internal delegate void MatVariableReader(int offset, ReadOnlySpan<byte> body);
