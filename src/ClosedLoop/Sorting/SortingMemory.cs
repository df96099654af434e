namespace ClosedLoop.Sorting;

/// <summary>Memory of the process while it sorts, after a full collection each time.</summary>
/// <param name="FromMinute">When it was looked at first: all units were learnt. Minutes of signal.</param>
/// <param name="ToMinute">When it was looked at last.</param>
/// <param name="ManagedMib">What objects held at first, MiB.</param>
/// <param name="LastManagedMib">What they held at last, MiB.</param>
/// <param name="ResidentMib">What the process held of the machine's memory at first, MiB.</param>
/// <param name="LastResidentMib">What it held at last, MiB.</param>
internal sealed record SortingMemory(double FromMinute, double ToMinute, double ManagedMib, double LastManagedMib, double ResidentMib, double LastResidentMib)
{
    // A unit that is found later brings a template of some kilobytes; the collector keeps some room of its own.
    private const double MostManagedMib = 2, MostResidentShare = 0.1;

    /// <summary>Whether it stays where it is.</summary>
    public bool IsFlat => LastManagedMib - ManagedMib <= MostManagedMib && LastResidentMib <= (1 + MostResidentShare) * ResidentMib;
}
