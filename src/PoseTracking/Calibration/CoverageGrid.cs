namespace ClosedLoop.PoseTracking;

/// <summary>An image cut into cells, and how many corners were found in each.</summary>
internal sealed class CoverageGrid
{
    public const int Columns = 12;
    public const int Rows = 9;

    public CoverageGrid(BoardObservations observations, int camera)
    {
        var (_, width, height) = observations.Cameras[camera];
        foreach (var view in observations.Views[camera])
            for (var i = 0; i < (view?.Count ?? 0); i++)
            {
                var column = (int)((view!.Pixels[2 * i] + 0.5) / width * Columns);
                var row = (int)((view.Pixels[(2 * i) + 1] + 0.5) / height * Rows);
                if (column is >= 0 and < Columns && row is >= 0 and < Rows)
                    Counts[row, column]++;
            }
    }

    /// <summary>Corners per cell, row by row.</summary>
    public int[,] Counts { get; } = new int[Rows, Columns];

    /// <summary>The share of cells with a corner.</summary>
    public double Share => Counts.Cast<int>().Count(count => count > 0) / (double)(Columns * Rows);
}
