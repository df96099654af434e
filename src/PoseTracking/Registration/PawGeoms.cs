using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// One paw of a body: the outermost body that carries keypoints of one side only, and what hangs on it (digits), as far
/// as it can touch the floor.
/// </summary>
/// <param name="Body">Id of the body that carries the keypoints.</param>
/// <param name="Geoms">Ids of the geoms that touch the floor, ascending.</param>
/// <param name="Keypoints">The keypoints that the body carries.</param>
internal sealed record PawGeoms(int Body, int[] Geoms, int[] Keypoints)
{
    private const int Plane = 0;

    /// <summary>The paws of a body, in the order of their bodies; none where the body has no floor.</summary>
    public static PawGeoms[] Of(BodyModel body)
    {
        var model = body.Model;
        var parents = model.Ints("body_parentid");
        var mirror = body.Layout.MirrorIndices();
        var siteBodies = body.KeypointSites.Select(site => model.Ints("site_bodyid")[site]).ToArray();
        bool Under(int id, int ancestor)
        {
            for (; id > ancestor; id = parents[id])
            {
            }
            return id == ancestor;
        }

        var bodies = model.Ints("geom_bodyid");
        var touches = TouchingFloor(model);
        return [.. siteBodies.Distinct().Order()
            .Where(id => siteBodies.All(other => other == id || !Under(other, id)))
            .Where(id => Enumerable.Range(0, siteBodies.Length).All(k => siteBodies[k] != id || siteBodies[mirror[k]] != id))
            .Select(id => new PawGeoms(
                id,
                [.. Enumerable.Range(0, touches.Length).Where(g => touches[g] && Under(bodies[g], id))],
                [.. Enumerable.Range(0, siteBodies.Length).Where(k => siteBodies[k] == id)]))
            .Where(paw => paw.Geoms.Length > 0)];
    }

    /// <summary>Whether each geom of a model can touch its floor (the world's first plane); none does where there is none.</summary>
    public static bool[] TouchingFloor(MujocoModel model)
    {
        var (types, bodies) = (model.Ints("geom_type"), model.Ints("geom_bodyid"));
        var (contype, conaffinity) = (model.Ints("geom_contype"), model.Ints("geom_conaffinity"));
        var floor = Enumerable.Range(0, types.Rows).Where(g => types[g] == Plane && bodies[g] == 0).DefaultIfEmpty(-1).First();
        return [.. Enumerable.Range(0, types.Rows).Select(g =>
            floor >= 0 && bodies[g] != 0 && ((contype[g] & conaffinity[floor]) != 0 || (contype[floor] & conaffinity[g]) != 0))];
    }
}
