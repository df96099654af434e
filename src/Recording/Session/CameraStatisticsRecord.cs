using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>A camera's account at one time, as it is recorded.</summary>
internal sealed class CameraStatisticsRecord
{
    public long TimeNs { get; set; }

    public string Camera { get; set; } = "";

    public long Delivered { get; set; }

    public long Lost { get; set; }

    public long Repeated { get; set; }

    public long OutOfOrder { get; set; }

    public long Short { get; set; }

    public long DecodeErrors { get; set; }

    public long Overruns { get; set; }

    public long LastArrivalNs { get; set; }

    public static CameraStatisticsRecord Of(CameraStatistics camera, SessionTime time) => new()
    {
        TimeNs = time.Nanoseconds,
        Camera = camera.Name,
        Delivered = camera.Delivered,
        Lost = camera.Lost,
        Repeated = camera.Repeated,
        OutOfOrder = camera.OutOfOrder,
        Short = camera.Short,
        DecodeErrors = camera.DecodeErrors,
        Overruns = camera.Overruns,
        LastArrivalNs = camera.LastArrival?.Nanoseconds ?? RecordStamp.None,
    };

    public CameraStatistics ToStatistics() => new(
        Camera, Delivered, Lost, Repeated, OutOfOrder, Short, DecodeErrors, Overruns,
        LastArrivalNs == RecordStamp.None ? null : new SessionTime(LastArrivalNs));
}
