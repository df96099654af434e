using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>
/// A view network whose answers are known: Gaussian maps about where planted points of the arena appear in the view.
/// It stands where an ONNX model stands, and gets the same pictures.
/// </summary>
internal sealed class PlantedMaps(int views, int width, int height, int maps, int mapWidth, int mapHeight) : IViewNetwork
{
    private readonly float[][] _inputs = [.. Enumerable.Range(0, views).Select(_ => new float[3 * width * height])];
    private readonly float[][] _outputs = [.. Enumerable.Range(0, views).Select(_ => new float[maps * mapWidth * mapHeight])];

    /// <summary>Column, row and mass in cells of what a view's map is to show; several for several hills; none for an empty map.</summary>
    public Func<int, int, IEnumerable<(double X, double Y, double Mass)>> Answer { get; set; } = (_, _) => [];

    /// <summary>Width of the hills, cells.</summary>
    public double Sigma { get; set; } = 1.2;

    public bool IsDisposed { get; private set; }

    public string Device => "planted";

    public int Views => views;

    public int InputWidth => width;

    public int InputHeight => height;

    public int Maps => maps;

    public int MapWidth => mapWidth;

    public int MapHeight => mapHeight;

    public Span<float> Input(int view) => _inputs[view];

    public ReadOnlySpan<float> Output(int view) => _outputs[view];

    public void Run()
    {
        for (var v = 0; v < views; v++)
            for (var m = 0; m < maps; m++)
            {
                var map = _outputs[v].AsSpan(m * mapWidth * mapHeight, mapWidth * mapHeight);
                map.Clear();
                foreach (var (x, y, mass) in Answer(v, m))
                    Add(map, x, y, mass);
            }
    }

    public void Dispose() => IsDisposed = true;

    private void Add(Span<float> map, double x, double y, double mass)
    {
        var hill = new double[map.Length];
        for (var i = 0; i < hill.Length; i++)
        {
            var (dx, dy) = ((i % mapWidth) - x, (i / mapWidth) - y);
            hill[i] = Math.Exp(-0.5 * ((dx * dx) + (dy * dy)) / (Sigma * Sigma));
        }
        var sum = hill.Sum();
        for (var i = 0; i < hill.Length && sum > 0; i++)
            map[i] += (float)(mass * hill[i] / sum);
    }
}
