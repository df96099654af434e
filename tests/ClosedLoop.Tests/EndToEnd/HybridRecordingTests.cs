using System.Globalization;
using System.Text.Json;
using ClosedLoop.Acquisition;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Tests.Recording;
using Xunit;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary>Real spikes: planted in simulated noise and sorted as a user does it, and clustered beside what a person cut.</summary>
public sealed class HybridRecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Real_spikes_planted_in_noise_are_found()
    {
        var snippets = TestData.Require("ephys/axona/DVH_2013103103.8");
        var (recording, json) = (_folder["recording"], _folder["sort.json"]);
        Done(ProgramRunner.Run("simulate", "--tetrodes", "1", "--seconds", "150", "--seed", "2", "--snippets", snippets, "--out", recording));
        var units = File.ReadLines(Path.Combine(recording, "truth_units.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        // Of the cuts of tetrode 8, 2 and 3 have spikes enough; 1 has ten.
        Assert.Equal(["2", "3"], units.Select(unit => unit[3]));
        Assert.All(units, unit => Assert.InRange(double.Parse(unit[7], CultureInfo.InvariantCulture), 5, 20));
        // Refractory as the real one is.
        var often = File.ReadLines(Path.Combine(recording, "truth.csv")).Skip(1).Select(line => line.Split(',')).Where(row => row[0] == "2").Select(row => double.Parse(row[2], CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(often.Length, 150, 700);
        Assert.All(often.Zip(often.Skip(1), (a, b) => b - a), interval => Assert.True(interval >= 0.0015, $"{interval:F5} s"));
        Done(ProgramRunner.Run("sort", recording, "--out", _folder["units.nwb"], "--truth", Path.Combine(recording, "truth.csv"), "--json", json));
        using var report = JsonDocument.Parse(File.ReadAllText(json));
        var truth = report.RootElement.GetProperty("truth");
        Assert.Equal(2, truth.GetProperty("units").GetInt32());
        // NB: the other fires every five seconds, and in so short a recording may have too few spikes to be learnt from.
        Assert.True(truth.GetProperty("well_detected").GetInt32() >= 1, truth.ToString());
    }

    [SkippableTheory]
    [InlineData(1, 0.33, 0.74)]
    [InlineData(2, 0.48, null)]
    [InlineData(3, 0.39, 0.33)]
    [InlineData(4, 0.01, null)]
    [InlineData(8, 0.08, 0.10)]
    public void Clusters_of_real_snippets_agree_with_a_persons_cut_as_the_documents_say(int tetrode, double all, double? cutAlone)
    {
        var spikes = AxonaTetrode.Open(TestData.Require($"ephys/axona/DVH_2013103103.{tetrode}"));
        var snippets = new float[spikes.Count * spikes.Wires * spikes.SamplesPerSpike];
        for (var i = 0; i < spikes.Count; i++)
            spikes.Microvolts(i, snippets.AsSpan(i * spikes.Wires * spikes.SamplesPerSpike, spikes.Wires * spikes.SamplesPerSpike));
        // NB: Axona's spikes go up.
        int[] found = SnippetClustering.Label([.. snippets.Select(x => -x)], spikes.Wires, spikes.SamplesPerSpike), cut = [.. spikes.ReadCut()!.Labels];
        Assert.Equal(all, SortingComparison.AdjustedRandIndex(cut, found), 0.02);
        // Spikes that the person gave to a unit; of one unit alone the index says nothing.
        int[] own = [.. Enumerable.Range(0, cut.Length).Where(i => cut[i] > 0)];
        if (cutAlone is { } stated)
            Assert.Equal(stated, SortingComparison.AdjustedRandIndex([.. own.Select(i => cut[i])], [.. own.Select(i => found[i])]), 0.02);
    }

    [Fact]
    public void Snippets_that_cannot_be_planted_are_refused()
    {
        Refused("'--snippets' says how tetrodes are simulated", "--snippets", "x.1");
        Refused("with --snippets there are none", "--tetrodes", "1", "--units-per-tetrode", "2", "--snippets", "x.1");
        Refused("cannot be read", "--tetrodes", "1", "--snippets", _folder["nothing.1"]);
        var written = new Acquisition.Axona.WrittenTrial(_folder["."]);
        Refused("has 30 spikes or more", "--tetrodes", "1", "--snippets", written.SpikePath);
        File.Delete(written.CutPath);
        Refused("has no cut beside it", "--tetrodes", "1", "--snippets", written.SpikePath);
    }

    private void Refused(string saying, params string[] arguments)
    {
        var result = ProgramRunner.Run(["simulate", "--out", _folder[Guid.NewGuid().ToString("N")], "--seconds", "1", .. arguments]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(saying, result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private static void Done(ProgramResult result) => Assert.True(result.ExitCode == 0, result.ToString());
}
