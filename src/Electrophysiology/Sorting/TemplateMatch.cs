namespace ClosedLoop.Electrophysiology;

/// <summary>A template found in an event.</summary>
/// <param name="Template">Its index.</param>
/// <param name="Shift">Samples from the event's trough.</param>
/// <param name="Delay">Part of a sample by which it is later still.</param>
/// <param name="Amplitude">Times the template.</param>
/// <param name="Gain">By how much it lessens the squared residual in units of the noise, its amplitude's and delay's own odds counted in.</param>
/// <param name="Margin">By how much more than the next best template of another unit.</param>
internal readonly record struct TemplateMatch(int Template, int Shift, float Delay, float Amplitude, float Gain, float Margin);
