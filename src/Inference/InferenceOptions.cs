namespace ClosedLoop.Inference;

/// <summary>How networks are to run.</summary>
/// <param name="Device">What computes them.</param>
public sealed record InferenceOptions(InferenceDevice Device = InferenceDevice.Auto)
{
    /// <summary>
    /// Threads that one run is divided over. NB: 1 is best where other stages use the other cores: on two cores, two
    /// threads bring the 99th percentile of a small network from 0.16 to 4 ms.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether threads of a run wait for their next part by spinning: quicker, and a core is lost to all others.</summary>
    public bool Spin { get; init; }

    /// <summary>
    /// Whether the processor may stand in where the device that was asked for cannot be had. Never without this; the
    /// <see cref="DeviceReport"/> then says so.
    /// </summary>
    public bool CpuFallback { get; init; }

    /// <summary>Which card, where there are several.</summary>
    public int CudaDeviceId { get; init; }

    /// <summary>Runs before the first real one, so that memory is taken and code compiled by then.</summary>
    public int WarmUpRuns { get; init; } = 3;

    /// <summary>The size of each variable axis, by its name in the network; an axis that is not named gets 1.</summary>
    public IReadOnlyDictionary<string, int> Axes { get; init; } = new Dictionary<string, int>();
}
