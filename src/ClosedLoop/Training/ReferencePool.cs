using ClosedLoop.Core;

namespace ClosedLoop.Training;

/// <summary>All clips that episodes are drawn from; what is seldom is drawn more often than it is there.</summary>
public sealed class ReferencePool
{
    private readonly (MotionClip Clip, double Scale)[] _clips;
    private readonly double[] _cumulative;

    /// <summary>Puts libraries together; their joints are in the body's order.</summary>
    /// <param name="libraries">The libraries.</param>
    /// <param name="shortest">Clips with fewer frames are left out.</param>
    /// <exception cref="ClosedLoopException">No clip is long enough.</exception>
    public ReferencePool(IEnumerable<MotionLibrary> libraries, int shortest)
    {
        _clips = [.. libraries.SelectMany(library => library.Clips.Where(clip => clip.Frames >= shortest).Select(clip => (clip, library.Scale)))];
        if (_clips.Length == 0)
            throw ClosedLoopException.Usage($"no clip of the reference has {shortest} frames, which an episode needs; give longer clips");
        Behaviours = [.. _clips.SelectMany(entry => entry.Clip.FrameBehaviours?.Distinct() ?? [entry.Clip.Behaviour]).Append("").Distinct().Order(StringComparer.Ordinal)];
        // Half by the frames that are there, half by behaviour: every behaviour gets its share.
        var frames = _clips.Sum(entry => (double)entry.Clip.Frames);
        var groups = _clips.GroupBy(entry => entry.Clip.Behaviour).ToDictionary(group => group.Key, group => group.Sum(entry => (double)entry.Clip.Frames));
        _cumulative = new double[_clips.Length];
        var sum = 0.0;
        for (var i = 0; i < _clips.Length; i++)
        {
            var clip = _clips[i].Clip;
            sum += (0.5 * clip.Frames / frames) + (0.5 * clip.Frames / groups[clip.Behaviour] / groups.Count);
            _cumulative[i] = sum;
        }
    }

    /// <summary>Names of all behaviours, sorted; the empty name is one of them.</summary>
    public IList<string> Behaviours { get; }

    /// <summary>Number of clips.</summary>
    public int Count => _clips.Length;

    /// <summary>Minutes of all clips together.</summary>
    public double Minutes => _clips.Sum(entry => entry.Clip.Seconds) / 60;

    /// <summary>Draws a clip and the scale that its lengths belong to.</summary>
    public (MotionClip Clip, double Scale) Draw(RandomStream random)
    {
        var place = Array.BinarySearch(_cumulative, random.Uniform() * _cumulative[^1]);
        return _clips[Math.Min(_clips.Length - 1, place < 0 ? ~place : place)];
    }
}
