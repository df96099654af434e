using ClosedLoop.Core;

namespace ClosedLoop.Diagnostics;

/// <summary>The clock of a session, and how late this machine wakes a thread that waits for it.</summary>
internal static class ClockChecks
{
    private const string Feature = "clock";
    private const int Wakes = 50;
    private const long PeriodNanoseconds = 4_000_000;

    public static IEnumerable<Check> Run()
    {
        var clock = new SessionClock();
        var steps = new List<long>();
        for (var last = clock.Now; steps.Count < 1000;)
        {
            var now = clock.Now;
            if (now > last)
                steps.Add(now - last);
            last = now;
        }
        steps.Sort();
        var resolution = steps[0];
        yield return new Check(Feature, "resolution", resolution <= 1000 ? CheckState.Ok : CheckState.Differs, $"{resolution} ns",
            "stamps every record");

        var lateness = new double[Wakes];
        clock.WaitUntil(clock.Now + PeriodNanoseconds);
        var start = clock.Now;
        for (var i = 0; i < Wakes; i++)
        {
            var due = start + ((i + 1) * PeriodNanoseconds);
            clock.WaitUntil(due);
            lateness[i] = (clock.Now - due) / 1e6;
        }
        Array.Sort(lateness);
        var longestMs = lateness[^1];
        var even = longestMs < 5;
        yield return new Check(Feature, "wake-up", even ? CheckState.Ok : CheckState.Differs,
            $"late by {lateness[Wakes / 2]:F3} ms in the middle, {longestMs:F3} ms at most of {Wakes}",
            "a control tick is due every 20 ms", even ? null : "end other heavy programs, then: closedloop doctor");
    }
}
