using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// What the animal of a simulated dataset did, as its behaviour.csv says frame by frame: so that tetrodes beside its
/// videos are disturbed when it is seen to move. After the last frame it goes on as it was.
/// </summary>
public sealed class FilmedActivity : IActivityPlan
{
    private readonly Behaviour[] _frames;
    private readonly double _rateHz;

    private FilmedActivity(Behaviour[] frames, double rateHz) => (_frames, _rateHz) = (frames, rateHz);

    /// <summary>Reads the table.</summary>
    /// <param name="path">A table with the columns frame and behaviour, frame after frame.</param>
    /// <param name="rateHz">Frames per second.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, or a line of it says no behaviour.</exception>
    public static FilmedActivity Read(string path, double rateHz)
    {
        var frames = new List<Behaviour>();
        try
        {
            foreach (var line in File.ReadLines(path).Skip(1))
                frames.Add(line.Split(',') is [_, var name] && Enum.TryParse<Behaviour>(name, out var behaviour)
                    ? behaviour
                    : throw ClosedLoopException.Failed($"'{path}', line {frames.Count + 2}: '{line}' is not a frame and what the animal does in it"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"what the animal does cannot be read from '{path}': {error.Message}", error);
        }
        return frames.Count > 0 ? new([.. frames], rateHz) : throw ClosedLoopException.Failed($"'{path}' holds no frame");
    }

    /// <inheritdoc/>
    public AnimalActivity At(double timeS) => AnimalActivity.Of(_frames[(int)Math.Min(timeS * _rateHz, _frames.Length - 1)]);
}
