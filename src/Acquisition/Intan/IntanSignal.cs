namespace ClosedLoop.Acquisition;

/// <summary>Kinds of channels of an Intan system, by the numbers that its files give them.</summary>
public enum IntanSignal
{
    /// <summary>An electrode.</summary>
    Amplifier = 0,

    /// <summary>An auxiliary input of a headstage (accelerometer), sampled at a quarter of the rate.</summary>
    Auxiliary = 1,

    /// <summary>The supply voltage of a headstage, once in a block.</summary>
    Supply = 2,

    /// <summary>An analog input of the controller.</summary>
    AnalogInput = 3,

    /// <summary>A digital input of the controller.</summary>
    DigitalInput = 4,

    /// <summary>A digital output of the controller.</summary>
    DigitalOutput = 5,
}
