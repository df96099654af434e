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
    /// <param name="rehearsed">Motion that is known already and not to be unlearnt; none where there is nothing to rehearse.</param>
    /// <param name="rehearsedShare">Share of the episodes that is drawn from it, 0 to 1.</param>
    /// <exception cref="ClosedLoopException">No clip is long enough.</exception>
    public ReferencePool(IEnumerable<MotionLibrary> libraries, int shortest, MotionLibrary? rehearsed = null, double rehearsedShare = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rehearsedShare, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rehearsedShare);
        var own = LongEnough(libraries, shortest);
        if (own.Length == 0)
            throw ClosedLoopException.Usage($"no clip of the reference has {shortest} frames, which an episode needs; give longer clips");
        (MotionClip Clip, double Scale)[] known = rehearsed is null ? [] : LongEnough([rehearsed], shortest);
        _clips = [.. own, .. known];
        Behaviours = [.. _clips.SelectMany(entry => entry.Clip.FrameBehaviours?.Distinct() ?? [entry.Clip.Behaviour]).Append("").Distinct().Order(StringComparer.Ordinal)];
        _cumulative = new double[_clips.Length];
        Accumulate(own, 0, known.Length == 0 ? 1 : 1 - rehearsedShare);
        if (known.Length > 0)
            Accumulate(known, own.Length, rehearsedShare);
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

    private static (MotionClip Clip, double Scale)[] LongEnough(IEnumerable<MotionLibrary> libraries, int shortest) =>
        [.. libraries.SelectMany(library => library.Clips.Where(clip => clip.Frames >= shortest).Select(clip => (clip, library.Scale)))];

    /// <summary>Half by the frames that are there, half by behaviour: every behaviour gets its share.</summary>
    private void Accumulate((MotionClip Clip, double Scale)[] clips, int first, double share)
    {
        var frames = clips.Sum(entry => (double)entry.Clip.Frames);
        var groups = clips.GroupBy(entry => entry.Clip.Behaviour).ToDictionary(group => group.Key, group => group.Sum(entry => (double)entry.Clip.Frames));
        var sum = first == 0 ? 0 : _cumulative[first - 1];
        for (var i = 0; i < clips.Length; i++)
        {
            var clip = clips[i].Clip;
            sum += share * ((0.5 * clip.Frames / frames) + (0.5 * clip.Frames / groups[clip.Behaviour] / groups.Count));
            _cumulative[first + i] = sum;
        }
    }
}
