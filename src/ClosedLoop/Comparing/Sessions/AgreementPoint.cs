namespace ClosedLoop.Comparing;

/// <summary>A unit as it was judged while the session ran, and from its whole recording.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="OnlineClass">The class that led online.</param>
/// <param name="OfflineClass">The class that leads offline.</param>
/// <param name="OnlineBitsPerSpike">Of the class that led online, over the session.</param>
/// <param name="OfflineBitsPerSpike">Of the same class.</param>
/// <param name="FoundOnline">Whether it was found to be predicted online.</param>
/// <param name="FoundOffline">Whether it is offline.</param>
public sealed record AgreementPoint(string Unit, string OnlineClass, string OfflineClass, double OnlineBitsPerSpike, double OfflineBitsPerSpike, bool FoundOnline, bool FoundOffline);
