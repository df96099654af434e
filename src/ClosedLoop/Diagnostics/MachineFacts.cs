using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClosedLoop.Diagnostics;

/// <summary>The computer a session runs on; recordings store it, for timings mean nothing without it.</summary>
/// <param name="OperatingSystem">The distribution with its version.</param>
/// <param name="Kernel">The kernel with its version.</param>
/// <param name="DotNet">The .NET runtime this program runs on.</param>
/// <param name="Processor">The processor's model name.</param>
/// <param name="Cores">Logical cores this process may use.</param>
/// <param name="MemoryGib">Memory, in GiB.</param>
/// <param name="AvailableMemoryGib">Memory that can be had without swapping, in GiB.</param>
/// <param name="ClockFrequencyHz">Ticks a second of the monotonic clock.</param>
public sealed record MachineFacts(
    string OperatingSystem, string Kernel, string DotNet, string Processor, int Cores,
    double MemoryGib, double AvailableMemoryGib, long ClockFrequencyHz)
{
    /// <summary>Reads the facts of this computer. A fact the system does not tell is "unknown" or NaN.</summary>
    public static MachineFacts Read() => new(
        Value("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription,
        $"Linux {Environment.OSVersion.Version}",
        RuntimeInformation.FrameworkDescription,
        Value("/proc/cpuinfo", "model name", ':') ?? $"unknown {RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount,
        Gib(Value("/proc/meminfo", "MemTotal", ':')),
        Gib(Value("/proc/meminfo", "MemAvailable", ':')),
        Stopwatch.Frequency);

    private static double Gib(string? kibibytes) =>
        double.TryParse(kibibytes?.Replace("kB", "").Trim(), out var value) ? Math.Round(value / (1 << 20), 1) : double.NaN;

    private static string? Value(string file, string key, char separator)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return line?[(line.IndexOf(separator) + 1)..].Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
