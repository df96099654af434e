using System.Globalization;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>Writes the truth of a simulated session: truth.csv in the format that keypoint files are read in, and behaviour.csv.</summary>
internal sealed class TruthWriter : IDisposable
{
    private readonly StreamWriter _truth, _behaviour;
    private readonly StringBuilder _line = new();

    public TruthWriter(string folder)
    {
        _truth = new(Path.Combine(folder, "truth.csv"));
        _behaviour = new(Path.Combine(folder, "behaviour.csv"));
        _truth.WriteLine("frame,time_s," + string.Join(',', KeypointLayout.Rat23.Names.Select(name => $"{name}_x_m,{name}_y_m,{name}_z_m")));
        _behaviour.WriteLine("frame,behaviour");
    }

    public void Write(long frame, SimulatedViews views)
    {
        _line.Clear().Append(CultureInfo.InvariantCulture, $"{frame},{frame * SimulatedAnimal.FramePeriodS:0.##}");
        foreach (var value in views.KeypointPositions)
            _line.Append(CultureInfo.InvariantCulture, $",{value:0.000000}");
        _truth.WriteLine(_line);
        _behaviour.WriteLine($"{frame},{views.Behaviour}");
    }

    public void Dispose()
    {
        _truth.Dispose();
        _behaviour.Dispose();
    }
}
