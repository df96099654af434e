namespace ClosedLoop.Diagnostics;

/// <summary>One thing that a feature of ClosedLoop needs, and how it was found.</summary>
/// <param name="Feature">The feature that needs it, as a person calls it: physics, rendering, recording, ...</param>
/// <param name="Item">What is needed.</param>
/// <param name="State">How it was found.</param>
/// <param name="Found">What was found: a version, a path, a rate with its unit, or why it does not work.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Mend">The one command that mends it; null where nothing needs mending.</param>
/// <param name="NeededForDemo">Whether <c>closedloop demo</c> cannot do its work without it.</param>
public sealed record Check(
    string Feature, string Item, CheckState State, string Found, string Purpose, string? Mend = null, bool NeededForDemo = false);
