namespace ClosedLoop.Simulation;
internal static class Tuning
{
    public static double Get(string name, double value) => Environment.GetEnvironmentVariable("T_" + name) is { Length: > 0 } text ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : value;
}
