namespace ClosedLoop.Core;

/// <summary>What has passed through a queue so far.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Policy">What it does when full.</param>
/// <param name="Capacity">How many items it holds at most.</param>
/// <param name="Enqueued">Items that were put in.</param>
/// <param name="Dropped">Items that were dropped to make room.</param>
/// <param name="Depth">Items waiting now.</param>
/// <param name="MaxDepth">The most that ever waited.</param>
public sealed record QueueStatistics(
    string Name, QueuePolicy Policy, int Capacity, long Enqueued, long Dropped, int Depth, int MaxDepth);
