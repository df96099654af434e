namespace ClosedLoop.NationalInstruments;

/// <summary>A device that the driver knows.</summary>
/// <param name="Name">As the driver calls it, as in "Dev1".</param>
/// <param name="Product">What it is, as in "PCIe-6363".</param>
/// <param name="SerialNumber">Its serial number.</param>
/// <param name="Simulated">Whether it exists only in the driver.</param>
/// <param name="AnalogInputs">Names of its analog inputs.</param>
/// <param name="DigitalInputs">Names of its lines that can be read.</param>
/// <param name="DigitalOutputs">Names of its lines that can be written.</param>
/// <param name="Counters">Names of its counters that give pulses.</param>
public sealed record DaqmxDevice(
    string Name, string Product, uint SerialNumber, bool Simulated, IReadOnlyList<string> AnalogInputs, IReadOnlyList<string> DigitalInputs,
    IReadOnlyList<string> DigitalOutputs, IReadOnlyList<string> Counters);
