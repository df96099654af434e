namespace ClosedLoop.Core;

/// <summary>Motion clips of one body, as a file holds them.</summary>
public sealed class MotionLibrary
{
    /// <summary>
    /// What each entry of a clip's qpos belongs to: the free joint's name seven times, then the name of each hinge
    /// (<c>names_qpos</c> of stac-mjx).
    /// </summary>
    public required IReadOnlyList<string> QposNames { get; init; }

    /// <summary>
    /// Size of the body that the clips' lengths belong to, relative to the body's description. A reader who wants them on
    /// a body of another size scales the root's x, y, z by the quotient.
    /// </summary>
    public required double Scale { get; init; }

    /// <summary>Height of the floor in the clips' frame, metres; null where it is not known.</summary>
    public double? FloorHeightM { get; init; } = 0;

    /// <summary>The clips, in the file's order. They may differ in length and rate.</summary>
    public required IReadOnlyList<MotionClip> Clips { get; init; }

    /// <summary>Where the clips come from, for a person: the file's name, or what made them.</summary>
    public required string Source { get; init; }

    /// <summary>Checks every clip, that all are of the same body, and the scale.</summary>
    /// <exception cref="ClosedLoopException">Something is wrong; the message names the clip and the frame.</exception>
    public void Validate()
    {
        if (!(Scale > 0 && double.IsFinite(Scale)))
            throw ClosedLoopException.Failed($"{Source} has a scale of {Scale}; it must be above 0");
        if (FloorHeightM is { } floor && !double.IsFinite(floor))
            throw ClosedLoopException.Failed($"{Source} has a floor at {floor} m; it must be a finite number, or left out where it is not known");
        if (Clips.Count == 0)
            throw ClosedLoopException.Failed($"{Source} holds no clips");
        foreach (var clip in Clips)
        {
            if (clip.Nq != QposNames.Count)
                throw ClosedLoopException.Failed($"the clip '{clip.Name}' of {Source} has {clip.Nq} positions a frame, where the library names {QposNames.Count}");
            clip.Validate(Source);
        }
    }

    /// <summary>The same clips with the entries of qpos in the order of a body's.</summary>
    /// <param name="bodyQposNames">
    /// What each entry of the body's qpos belongs to, as <see cref="QposNames"/>. Free joints are matched whatever their
    /// names are, hinges by name.
    /// </param>
    /// <returns>This library itself where the order is the body's already.</returns>
    /// <exception cref="ClosedLoopException">A joint of one is not a joint of the other; the message names it and the nearest.</exception>
    public MotionLibrary MapTo(IReadOnlyList<string> bodyQposNames)
    {
        var ours = Hinges(QposNames);
        var theirs = Hinges(bodyQposNames);
        foreach (var name in theirs.Where(name => !ours.Contains(name)))
            throw ClosedLoopException.Usage($"{Source} does not fit the body: it says nothing of the body's joint '{name}'{Spelling.Suggest(name, ours)}; use clips of this body, or the body of the clips");
        foreach (var name in ours.Where(name => !theirs.Contains(name)))
            throw ClosedLoopException.Usage($"{Source} does not fit the body: the body has no joint '{name}'{Spelling.Suggest(name, theirs)}; use clips of this body, or the body of the clips");
        if (ours.SequenceEqual(theirs))
            return this;
        if (ours.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw ClosedLoopException.Failed($"{Source} cannot be matched to the body: it names the joint '{twice.Key}' more than once");
        if (theirs.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twiceInBody)
            throw ClosedLoopException.Failed($"{Source} cannot be matched to the body: the body names the joint '{twiceInBody.Key}' more than once");
        var order = theirs.Select(name => MotionClip.RootLength + Array.IndexOf(ours, name)).ToArray();
        return With([.. bodyQposNames], [.. Clips.Select(clip => Reordered(clip, order))]);
    }

    /// <summary>The same clips cut into pieces of equal length; what is left at a clip's end, and clips that are shorter, is left out.</summary>
    /// <param name="frames">Frames a piece, 1 or more.</param>
    /// <returns>Pieces named after their clip and counted from 0: <c>walk_0</c>, <c>walk_1</c>, ...</returns>
    /// <exception cref="ClosedLoopException">No clip is that long.</exception>
    public MotionLibrary CutInto(int frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (Clips.All(clip => clip.Frames < frames))
            throw ClosedLoopException.Usage($"{Source} cannot be cut into clips of {frames} frames: its longest clip has {Clips.Max(clip => clip.Frames)}; ask for shorter ones");
        return With(QposNames, [.. Clips.SelectMany(clip => Enumerable.Range(0, clip.Frames / frames).Select(piece => Piece(clip, piece, frames)))]);
    }

    private static string[] Hinges(IReadOnlyList<string> names) => [.. names.Skip(MotionClip.RootLength)];

    private static MotionClip Reordered(MotionClip clip, int[] hingeOrder)
    {
        var qpos = new double[clip.Qpos.Length];
        for (var frame = 0; frame < clip.Frames; frame++)
        {
            var from = clip.Frame(frame);
            var to = qpos.AsSpan(frame * clip.Nq, clip.Nq);
            from[..MotionClip.RootLength].CopyTo(to);
            for (var i = 0; i < hingeOrder.Length; i++)
                to[MotionClip.RootLength + i] = from[hingeOrder[i]];
        }
        return Copy(clip, clip.Name, clip.Frames, qpos, clip.FrameBehaviours);
    }

    private static MotionClip Piece(MotionClip clip, int piece, int frames)
    {
        var first = piece * frames;
        return Copy(
            clip, $"{clip.Name}_{piece}", frames, clip.Qpos.AsSpan(first * clip.Nq, frames * clip.Nq).ToArray(),
            clip.FrameBehaviours is { } labels ? [.. labels.Skip(first).Take(frames)] : null);
    }

    private static MotionClip Copy(MotionClip clip, string name, int frames, double[] qpos, IReadOnlyList<string>? labels) => new()
    {
        Name = name,
        Behaviour = clip.Behaviour,
        RateHz = clip.RateHz,
        Frames = frames,
        Nq = clip.Nq,
        Qpos = qpos,
        FrameBehaviours = labels,
    };

    private MotionLibrary With(IReadOnlyList<string> names, IReadOnlyList<MotionClip> clips) => new()
    {
        QposNames = names,
        Scale = Scale,
        FloorHeightM = FloorHeightM,
        Clips = clips,
        Source = Source,
    };
}
