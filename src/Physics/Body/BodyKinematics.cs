using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Computes what a body's parts and sites do in the clips of a library.</summary>
public static class BodyKinematics
{
    /// <summary>Puts the body into every pose of every clip.</summary>
    /// <param name="body">The body, at the size that the library's lengths belong to.</param>
    /// <param name="library">Clips of this body, in its order (see <see cref="MotionLibrary.MapTo"/>).</param>
    /// <param name="keypoints">
    /// Frames x keypoints x 3: what the poses were registered to, metres; null where they come from no keypoints.
    /// </param>
    /// <exception cref="ClosedLoopException">The library is not of this body; the message names a joint.</exception>
    public static MotionKinematics Of(BodyModel body, MotionLibrary library, double[]? keypoints = null)
    {
        library.Validate();
        if (!ReferenceEquals(library.MapTo(body.QposNames), library))
            throw new ArgumentException("The clips are not in the order of the body's joints.", nameof(library));
        var (model, sites) = (body.Model, body.KeypointSites);
        var frames = library.Clips.Sum(clip => clip.Frames);
        if (keypoints is not null && keypoints.Length != 3 * sites.Length * frames)
            throw new ArgumentException($"{keypoints.Length} coordinates came for {frames} frames of {sites.Length} keypoints.", nameof(keypoints));
        var positions = new double[frames * model.BodyCount * 3];
        var quaternions = new double[frames * model.BodyCount * 4];
        var places = new double[frames * sites.Length * 3];
        var velocities = new double[frames * model.Nv];
        using var data = new MujocoData(model);
        var at = 0;
        foreach (var clip in library.Clips)
        {
            for (var frame = 0; frame < clip.Frames; frame++, at++)
            {
                clip.Frame(frame).CopyTo(data.Qpos.Span);
                data.Kinematics();
                data.BodyPositions.Span.CopyTo(positions.AsSpan(at * model.BodyCount * 3));
                data.BodyQuaternions.Span.CopyTo(quaternions.AsSpan(at * model.BodyCount * 4));
                body.KeypointPlaces(data, places.AsSpan(at * sites.Length * 3));
                var velocity = velocities.AsSpan(at * model.Nv, model.Nv);
                if (frame + 1 < clip.Frames)
                    model.Differentiate(clip.Frame(frame), clip.Frame(frame + 1), 1 / clip.RateHz, velocity);
                else if (frame > 0)
                    velocities.AsSpan((at - 1) * model.Nv, model.Nv).CopyTo(velocity);
            }
        }
        var partOf = model.Ints("site_bodyid");
        return new()
        {
            Body = body.Description.Name,
            BodyNames = model.Names(ObjectType.Body),
            BodyPositions = positions,
            BodyQuaternions = quaternions,
            Qvel = velocities,
            KeypointNames = body.Layout.Names,
            KeypointBodies = [.. sites.Select(site => model.Name(ObjectType.Body, partOf[site]))],
            Offsets = [.. Enumerable.Range(0, sites.Length).SelectMany(k => body.Offset(k).ToArray())],
            SitePositions = places,
            Keypoints = keypoints ?? places,
        };
    }
}
