namespace ClosedLoop.Core;

/// <summary>How a watched stream stands.</summary>
/// <param name="Name">What it carries.</param>
/// <param name="Received">Records so far.</param>
/// <param name="Stalls">How often nothing came for longer than the limit, one that still lasts included.</param>
/// <param name="IsStalled">Whether nothing has come for longer than the limit now.</param>
/// <param name="SilenceS">Time since the last record, seconds; NaN where none is expected, before the beginning and after the end.</param>
/// <param name="LongestSilenceS">The longest time between two records, or before the first, seconds.</param>
public sealed record StreamStatistics(string Name, long Received, long Stalls, bool IsStalled, double SilenceS, double LongestSilenceS);
