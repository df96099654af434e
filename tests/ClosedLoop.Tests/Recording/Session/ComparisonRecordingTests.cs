using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>Scores in a recording come back as they went in, to the last bit.</summary>
public sealed class ComparisonRecordingTests : IDisposable
{
    private static readonly ComparisonLayout s_layout = new([("latent_mean", "computational", 60), ("joint_angles", "representational", 67)], ["rest", "walk", "rear"], 7);
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(5);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_and_behaviours_come_back_with_every_number()
    {
        var path = _folder["a.mcap"];
        ComparisonScores[] scores = [.. Enumerable.Range(0, 20).Select(i => Scores(i, i % 8))];
        BehaviourComparison[] behaviours = [.. Enumerable.Range(0, 5).Select(Behaviours)];
        var content = new RandomSession(0, small: true).Content;
        using (var recorder = SessionRecorder.Start(path, content with { Layout = content.Layout with { Comparison = s_layout } }))
        {
            foreach (var one in scores)
                recorder.Write(one);
            foreach (var one in behaviours)
                recorder.Write(one);
            recorder.Finish();
            Assert.Equal(0, recorder.OutstandingBlocks);
        }
        using var recording = SessionRecording.Open(path);
        var layout = recording.Layout.Comparison!;
        Assert.Equal(s_layout.Classes, layout.Classes);
        Assert.Equal(s_layout.Behaviours, layout.Behaviours);
        Assert.Equal(7, layout.UnitCapacity);
        Assert.Equal((20, 5), (recording.Count(RecordingTopics.ComparisonScores), recording.Count(RecordingTopics.BehaviourComparison)));
        var (reader, read) = (recording.ComparisonScores(), layout.NewScores());
        foreach (var one in scores)
        {
            Assert.True(reader.TryRead(read));
            var (units, each) = (one.UnitCount, one.UnitCount * 2);
            Assert.Equal((one.Stamp, one.Judged, one.Missing, one.DelayBins, units), (read.Stamp, read.Judged, read.Missing, read.DelayBins, read.UnitCount));
            Assert.Equal(one.Leading[..units], read.Leading[..units]);
            Assert.Equal(one.Planted[..units], read.Planted[..units]);
            foreach (var of in (Func<ComparisonScores, double[]>[])[s => s.BitsPerSpike, s => s.RollingBitsPerSpike, s => s.LagMs, s => s.IsPredictive, s => s.IsFirst, s => s.IsOfItsKind])
                Assert.Equal(of(one)[..units], of(read)[..units]);
            Assert.Equal(one.ClassBitsPerSpike[..each], read.ClassBitsPerSpike[..each]);
            Assert.Equal(one.ClassLagMs[..each], read.ClassLagMs[..each]);
        }
        Assert.False(reader.TryRead(read));
        var (compared, back) = (recording.BehaviourComparisons(), layout.NewBehaviours());
        foreach (var one in behaviours)
        {
            Assert.True(compared.TryRead(back));
            Assert.Equal(one.Stamp, back.Stamp);
            Assert.Equal(one.Bins, back.Bins);
            Assert.Equal(one.Dissimilarity, back.Dissimilarity);
            Assert.Equal(one.Similarity, back.Similarity);
            Assert.Equal(one.Variability, back.Variability);
        }
    }

    [Fact]
    public void A_recording_without_a_comparison_has_none()
    {
        var path = _folder["b.mcap"];
        using (var recorder = SessionRecorder.Start(path, new RandomSession(0, small: true).Content))
        {
            Assert.Throws<InvalidOperationException>(() => recorder.Write(s_layout.NewScores()));
            recorder.Finish();
        }
        using var recording = SessionRecording.Open(path);
        Assert.Null(recording.Layout.Comparison);
        Assert.False(recording.ComparisonScores().TryRead(s_layout.NewScores()));
    }

    private ComparisonScores Scores(int sequence, int units)
    {
        var scores = s_layout.NewScores();
        scores.Stamp = new(sequence, 250 * sequence, -1, new(10 + sequence), new(11 + sequence));
        (scores.Judged, scores.Missing, scores.DelayBins, scores.UnitCount) = (_random.NextInt64(), 3, -1 + sequence, units);
        for (var unit = 0; unit < units; unit++)
        {
            (scores.Leading[unit], scores.Planted[unit]) = (_random.Next(-1, 2), _random.Next());
            (scores.BitsPerSpike[unit], scores.RollingBitsPerSpike[unit], scores.LagMs[unit]) = (_random.NextDouble(), double.NaN, -200);
            (scores.IsPredictive[unit], scores.IsFirst[unit], scores.IsOfItsKind[unit]) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
            for (var c = 0; c < 2; c++)
                (scores.ClassBitsPerSpike[(2 * unit) + c], scores.ClassLagMs[(2 * unit) + c]) = (_random.NextSingle(), 100 * c);
        }
        return scores;
    }

    private BehaviourComparison Behaviours(int sequence)
    {
        var behaviours = s_layout.NewBehaviours();
        behaviours.Stamp = new(sequence, 250 * sequence, -1, new(10), new(11));
        for (var i = 0; i < 3; i++)
            (behaviours.Bins[i], behaviours.Dissimilarity[i], behaviours.Variability[i]) = (_random.NextInt64(), _random.NextDouble(), double.NaN);
        (behaviours.Similarity[0], behaviours.Similarity[1]) = (0.5, double.NaN);
        return behaviours;
    }
}
