using ClosedLoop.Physics;

namespace ClosedLoop.Diagnostics;

/// <summary>The physics: MuJoCo, our shim over it, and a step of a small world.</summary>
internal static class PhysicsChecks
{
    private const string Feature = "physics";
    private const string Purpose = "moves the virtual rodent";
    private const string Rebuild = "rm -rf .build/native && ./closedloop doctor";

    /// <summary>A ball over a floor: 0.1 s of it must end lower than it began.</summary>
    private const string FallingBall = """
        <mujoco><worldbody><geom type="plane" size="1 1 1"/>
        <body pos="0 0 1"><freejoint/><geom type="sphere" size="0.1"/></body></worldbody></mujoco>
        """;

    public static IEnumerable<Check> Run(SystemPackages packages)
    {
        Check? failure = null;
        string library = "", header = "";
        try
        {
            (library, header) = (MujocoModel.LibraryVersion, MujocoModel.HeaderVersion);
        }
        catch (Exception exception) when (Failure.IsOfMachine(exception))
        {
            // NB: libmujoco missing and the shim not built look alike to the loader; the packages tell them apart.
            failure = new Check(Feature, "MuJoCo", CheckState.Missing, Failure.Sentence(exception), Purpose,
                packages.Lacks("libmujoco-dev", "cmake", "make", "g++") is [_, ..] lacking ? packages.InstallCommand(lacking) : Rebuild,
                NeededForDemo: true);
        }
        if (failure is not null)
        {
            yield return failure;
            yield break;
        }

        yield return library == header
            ? new Check(Feature, "MuJoCo", CheckState.Ok, library, Purpose, NeededForDemo: true)
            : new Check(Feature, "MuJoCo", CheckState.Missing,
                $"the shim was built for {header}, and the library is {library}: their data do not fit together", Purpose, Rebuild, NeededForDemo: true);
        yield return Step();
    }

    private static Check Step()
    {
        try
        {
            using var model = MujocoModel.Load(FallingBall);
            using var data = new MujocoData(model);
            data.Step(50);
            var fallenM = 1 - data.Qpos.Span[2];
            return fallenM is > 0.01 and < 0.1
                ? new Check(Feature, "simulation", CheckState.Ok, $"a ball fell {fallenM * 1000:F0} mm in {data.TimeS:F1} s", Purpose, NeededForDemo: true)
                : new Check(Feature, "simulation", CheckState.Missing, $"a ball fell {fallenM * 1000:F0} mm in {data.TimeS:F1} s instead of 49", Purpose, Rebuild, NeededForDemo: true);
        }
        catch (Exception exception) when (Failure.IsOfMachine(exception))
        {
            return new Check(Feature, "simulation", CheckState.Missing, Failure.Sentence(exception), Purpose, Rebuild, NeededForDemo: true);
        }
    }
}
