using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>Writes reference motion of simulated animals as a motion clip file, as <c>register --clips</c> does of a real one.</summary>
public static class SimulatedMotion
{
    /// <summary>Refuses a path that no clip file can be written to.</summary>
    /// <param name="path">The path as it was written after <c>--out</c>.</param>
    /// <exception cref="ClosedLoopException">It has another ending than .h5, or its folder cannot be written to; exit code 2.</exception>
    public static void RequirePath(string path)
    {
        CommandLine.OutputPath.RequireFile("--out", path);
        if (!Path.GetExtension(path).Equals(".h5", StringComparison.OrdinalIgnoreCase))
            throw ClosedLoopException.Usage($"'--out {path}' has not the ending of motion clips, which '--motion-library' writes; name a file that ends in .h5");
    }

    /// <summary>Simulates the motion and writes the file; one that is there is replaced.</summary>
    /// <param name="path">The file, .h5.</param>
    /// <param name="options">How much motion, and of what.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Ends the work; nothing is written then.</param>
    /// <exception cref="ClosedLoopException">The options cannot be, or the file cannot be written.</exception>
    public static SimulatedMotionSummary Write(string path, MotionLibraryOptions options, IProgress<string>? progress, CancellationToken cancellation)
    {
        var library = MotionLibraryGenerator.Generate(options, (done, lives) => progress?.Report($"{done} of {lives} simulated lives"), cancellation);
        if (library.Clips.Count == 0)
            throw ClosedLoopException.Failed($"the motion for '{path}' holds no clip of {options.ClipFrames} frames: the animal fell too often; ask for more minutes, or another seed");
        progress?.Report("writing the clips");
        // NB: the generator brings clips to scale 1, so that this is the body that their lengths belong to.
        using var body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }).Compile(KeypointLayout.Rat23);
        ClipFileWriter.Write(path, library, BodyKinematics.Of(body, library));
        return SimulatedMotionSummary.Of(library, body.Description.PhysicsSha256());
    }
}
