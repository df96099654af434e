using System.Buffers.Binary;
using System.Globalization;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Comparison;

/// <summary>Hippocampal units of a rat that runs on a track for half an hour: <c>compare</c> on tables made of them.</summary>
public class LinearTrackTests
{
    private const double BinMs = 200, BumpPixels = 60;

    [SkippableFact]
    public void Position_and_speed_predict_most_real_units()
    {
        var (names, counts) = (new List<string>(), new List<double[]>());
        var track = ReadTrack(TestData.Require("ephys/linear_track/trajectory.videoPositionTracking"));
        foreach (var (name, times) in ReadSpikes(TestData.Require("ephys/linear_track/spikes.mat")))
        {
            var own = new double[track.X.Length];
            foreach (var time in times)
                if ((int)((time - track.StartS) * 1000 / BinMs) is var bin && bin >= 0 && bin < own.Length)
                    own[bin]++;
            names.Add(name);
            counts.Add(own);
        }
        Assert.Equal(31, names.Count);
        var folder = Directory.CreateTempSubdirectory("closedloop-track-").FullName;
        try
        {
            var (features, featureNames) = Features(track.X, track.Y);
            Write(Path.Combine(folder, "counts.csv"), names, counts);
            Write(Path.Combine(folder, "features.csv"), featureNames, features);
            File.WriteAllText(Path.Combine(folder, "classes.yaml"), "position: { features: ['place *'], kind: representational }\nspeed: { features: ['speed *'], kind: representational }\n");
            var outcome = new TableComparison
            {
                Counts = Path.Combine(folder, "counts.csv"), Features = Path.Combine(folder, "features.csv"), Classes = Path.Combine(folder, "classes.yaml"),
                Options = new() { BinMs = BinMs, LeastLagMs = 0, MostLagMs = 0 },
            }.Run(new Progress<string>(), default);
            ComparisonReport.Write(folder, "Units on a linear track", outcome);
            var units = outcome.Encoding.Units.Where(unit => unit.Leading >= 0).ToArray();
            double Share(int c) => units.Count(unit => unit.Classes[c].BitsPerSpike > 0 && unit.Classes[c].AdjustedP <= 0.05) / (double)units.Length;
            var (position, speed, either) = (Share(0), Share(1), units.Count(unit => unit.IsPredicted) / (double)units.Length);
            var said = string.Create(CultureInfo.InvariantCulture, $"{units.Length} units judged: position predicts {position:P0}, speed {speed:P0}, either {either:P0}");
            // Two have fewer than the 50 spikes that are asked for.
            Assert.True(units.Length == 29 && position >= 0.7 && speed >= 0.65 && either >= 0.85, said);
            Assert.Contains("<svg", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bumps over the places where the rat was, and its smoothed speed.</summary>
    private static (List<double[]> Columns, List<string> Names) Features(double[] x, double[] y)
    {
        var (columns, names) = (new List<double[]>(), new List<string>());
        var visited = Enumerable.Range(0, x.Length).CountBy(t => ((int)(x[t] / BumpPixels), (int)(y[t] / BumpPixels))).Where(of => of.Value * BinMs >= 5000).Select(of => of.Key).Order();
        foreach (var (column, row) in visited)
        {
            var (centreX, centreY) = ((column + 0.5) * BumpPixels, (row + 0.5) * BumpPixels);
            columns.Add([.. x.Zip(y, (px, py) => Math.Exp(-(((px - centreX) * (px - centreX)) + ((py - centreY) * (py - centreY))) / (2 * BumpPixels * BumpPixels)))]);
            names.Add(FormattableString.Invariant($"place {centreX:F0} {centreY:F0}"));
        }
        var speed = Enumerable.Range(0, x.Length).Select(t =>
        {
            var (before, after) = (Math.Max(0, t - 2), Math.Min(x.Length - 1, t + 2));
            return Math.Sqrt(((x[after] - x[before]) * (x[after] - x[before])) + ((y[after] - y[before]) * (y[after] - y[before]))) / (after - before) * 1000 / BinMs;
        }).ToArray();
        columns.Add([.. speed.Select(pixels => Math.Log(5 + pixels))]);
        names.Add("speed log");
        columns.Add([.. speed.Select(pixels => pixels > 30 ? 1.0 : 0)]);
        names.Add("speed running");
        return (columns, names);
    }

    /// <summary>Where the rat is in each bin, pixels: Trodes' records of time (30 kHz), x and y, behind a header of text.</summary>
    private static (double StartS, double[] X, double[] Y) ReadTrack(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = bytes.AsSpan().IndexOf("<End settings>\n"u8) + 15;
        const int Size = 12;
        var count = (bytes.Length - start) / Size;
        double Time(int i) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(start + (i * Size))) / 30_000.0;
        double Number(int i, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(start + (i * Size) + offset));
        var (first, at) = (Time(0), 0);
        // The spikes end a little before the film does.
        var bins = (int)((6365.0 - first) * 1000 / BinMs);
        var (x, y) = (new double[bins], new double[bins]);
        for (var t = 0; t < bins; t++)
        {
            while (at + 1 < count && Time(at) < first + ((t + 0.5) * BinMs / 1000))
                at++;
            (x[t], y[t]) = (Number(at, 4), Number(at, 6));
        }
        return (first, x, y);
    }

    /// <summary>Times of the spikes of each unit that has any, seconds: cells of days, epochs, tetrodes and units.</summary>
    private static IEnumerable<(string Name, double[] Times)> ReadSpikes(string path) => Walk(MatTree.Read(path)["spikes"], "");

    private static IEnumerable<(string, double[])> Walk(MatValue value, string name) => value switch
    {
        MatCell cell => cell.Values.SelectMany((inner, i) => Walk(inner, cell.Values.Length == 1 ? name : $"{name} {i + 1}")),
        MatStruct unit when unit.Fields["time"][0] is MatNumbers { Values.Length: > 0 } times => [($"unit{name}", times.Values)],
        _ => [],
    };

    private static void Write(string path, IReadOnlyList<string> names, List<double[]> columns) =>
        File.WriteAllLines(path, Enumerable.Range(0, columns[0].Length).Select(t => string.Join(',', columns.Select(column => column[t].ToString("G9", CultureInfo.InvariantCulture)))).Prepend(string.Join(',', names)));
}
