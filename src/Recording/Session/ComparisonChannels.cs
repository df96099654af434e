using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The streams that the comparison adds to a recording.</summary>
internal sealed class ComparisonChannels
{
    private const int Ahead = 4;

    private readonly SessionRecorder _recorder;
    private readonly ushort _scores, _behaviours;
    private readonly Pool<RecordBlock> _pool;

    /// <summary>Adds the streams to the file.</summary>
    public ComparisonChannels(SessionRecorder recorder, ComparisonLayout layout)
    {
        _recorder = recorder;
        _scores = recorder.AddChannel(recorder.AddSchema(ComparisonTables.Scores.FullName, ComparisonTables.Scores.Describe()), RecordingTopics.ComparisonScores, layout.Describe());
        _behaviours = recorder.AddChannel(recorder.AddSchema(ComparisonTables.Behaviours.FullName, ComparisonTables.Behaviours.Describe()), RecordingTopics.BehaviourComparison, layout.Describe());
        var full = layout.NewScores();
        full.UnitCount = layout.UnitCapacity;
        var largest = Math.Max(ComparisonTables.Scores.Size(full), ComparisonTables.Behaviours.Size(layout.NewBehaviours()));
        _pool = new(Ahead, () => new(largest));
    }

    /// <summary>Records that are on their way to the file.</summary>
    public int Outstanding => _pool.Outstanding;

    public void Write(ComparisonScores scores) => Write(ComparisonTables.Scores, _scores, scores, scores.Stamp);

    public void Write(BehaviourComparison behaviours) => Write(ComparisonTables.Behaviours, _behaviours, behaviours, behaviours.Stamp);

    private void Write<T>(RecordTable<T> table, ushort channel, T record, in RecordStamp stamp)
        where T : class
    {
        var block = _recorder.Rent(_pool);
        block.Length = table.Encode(record, block.Room(table.Size(record)));
        _recorder.HandOver(block, channel, stamp.Produced, stamp.Captured);
    }
}
