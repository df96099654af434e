using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The columns of a DeepLabCut table: for each body part x, y and, in predictions, likelihood.</summary>
internal sealed class DeepLabCutColumns
{
    private readonly int[] _x;
    private readonly int[] _y;
    private readonly int[] _likelihood;

    /// <summary>Sorts columns by what they are.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="columns">Body part and coordinate of each column of values.</param>
    public DeepLabCutColumns(string path, IReadOnlyList<(string Part, string Coordinate)> columns)
    {
        Names = [.. columns.Select(column => column.Part).Distinct()];
        int[] Of(string coordinate) => [.. Names.Select(name => IndexOf(columns, name, coordinate))];
        (_x, _y, _likelihood) = (Of("x"), Of("y"), Of("likelihood"));
        for (var k = 0; k < Names.Count; k++)
            if (_x[k] < 0 || _y[k] < 0)
                throw ClosedLoopException.Failed($"'{path}' has the body part '{Names[k]}' without its {(_x[k] < 0 ? "x" : "y")}");
        if (Names.Count == 0)
            throw ClosedLoopException.Failed($"'{path}' has no body parts");
    }

    /// <summary>The body parts in the table's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Takes one row of values to the lists of points and confidences.</summary>
    public void Take(ReadOnlySpan<double> row, List<double> points, List<double> confidence)
    {
        for (var k = 0; k < Names.Count; k++)
        {
            points.Add(row[_x[k]]);
            points.Add(row[_y[k]]);
            confidence.Add(_likelihood[k] < 0 ? 1 : row[_likelihood[k]]);
        }
    }

    private static int IndexOf(IReadOnlyList<(string Part, string Coordinate)> columns, string part, string coordinate)
    {
        for (var i = 0; i < columns.Count; i++)
            if (columns[i] == (part, coordinate))
                return i;
        return -1;
    }
}
