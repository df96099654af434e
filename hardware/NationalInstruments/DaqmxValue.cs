namespace ClosedLoop.NationalInstruments;

/// <summary>Values of the driver's constants (NIDAQmx.h).</summary>
internal static class DaqmxValue
{
    public const int Volts = 10348, Hertz = 10373;
    public const int Rising = 10280, Falling = 10171, High = 10192, Low = 10214, CountUp = 10128;
    public const int FiniteSamples = 10178, ContinuousSamples = 10123;
    public const int ChannelForAllLines = 1, AcquiredIntoBuffer = 1;
    public const int OverwriteUnreadSamples = 10252, CurrentReadPosition = 10425, MostRecentSample = 10428;
    public const uint GroupByScanNumber = 1;
}
