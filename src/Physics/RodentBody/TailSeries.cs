using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Unrolls the tail table: one body per row, each hung on the one before.</summary>
internal static class TailSeries
{
    private const int Columns = 11;

    public static IEnumerable<BodyRow> Unroll(TailTable tail)
    {
        var parent = tail.Parent;
        foreach (var row in tail.Rows)
        {
            if (row.Length != Columns)
                throw ClosedLoopException.Failed(
                    $"models/rodent/anatomy.yaml: tail row '{string.Join(", ", row)}' has {row.Length} columns; it needs {Columns}");
            var name = $"vertebra_C{row[0]}";
            var anchor = new[] { Number(row[6]), 0, Number(row[7]) };
            double[] step = [Number(row[1]), 0, Number(row[2])];
            var joints = new List<JointRow>();
            if (row[8].Contains("extend", StringComparison.Ordinal))
                joints.Add(new() { Name = $"{name}_extend", Kind = tail.Kind, Axis = [0, 1, 0], AnchorMm = anchor });
            if (row[8].Contains("bend", StringComparison.Ordinal))
                joints.Add(new() { Name = $"{name}_bend", Kind = tail.Kind, Axis = [Number(row[9]), 0, Number(row[10])], AnchorMm = anchor });
            yield return new()
            {
                Name = name,
                Parent = parent,
                PosMm = step,
                MassG = Number(row[3]),
                Solid = new() { RadiusMm = Number(row[4]), HalfLengthMm = Number(row[5]), Axis = step },
                Joints = joints,
            };
            parent = name;
        }
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
