namespace ClosedLoop.Recording;

/// <summary>In which unit of length a keypoint file's numbers are.</summary>
public enum LengthUnit
{
    /// <summary>Decided from the size of the animal.</summary>
    Auto,

    /// <summary>Millimetres.</summary>
    Millimetres,

    /// <summary>Metres.</summary>
    Metres,
}
