namespace ClosedLoop.Recording;

/// <summary>A row of characters.</summary>
internal sealed record MatText(string Text) : MatValue([1, Text.Length]);
