namespace ClosedLoop.PoseTracking;

/// <summary>
/// A network that looks at one picture of every view and says of each what it sees: an ONNX model, or whatever else can
/// be asked. Write each view's input in place, run once, read each view's output in place.
/// </summary>
public interface IViewNetwork : IDisposable
{
    /// <summary>What it runs on, for people.</summary>
    string Device { get; }

    /// <summary>How many views it takes at once.</summary>
    int Views { get; }

    /// <summary>Width of a view's input, pixels; three planes of it, 0 to 1.</summary>
    int InputWidth { get; }

    /// <summary>Height of a view's input, pixels.</summary>
    int InputHeight { get; }

    /// <summary>Maps that it makes of a view.</summary>
    int Maps { get; }

    /// <summary>Width of each, cells.</summary>
    int MapWidth { get; }

    /// <summary>Height of each, cells.</summary>
    int MapHeight { get; }

    /// <summary>The input of one view, planes of rows; it keeps its values until they are overwritten.</summary>
    Span<float> Input(int view);

    /// <summary>Computes all outputs. Allocates nothing.</summary>
    void Run();

    /// <summary>The maps of one view, one after another, row by row; lent until the next run.</summary>
    ReadOnlySpan<float> Output(int view);
}
