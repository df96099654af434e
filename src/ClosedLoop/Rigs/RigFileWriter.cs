using System.Globalization;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Recording;

namespace ClosedLoop.Rigs;

/// <summary>Writes a resolved rig configuration as a rig file that reads back as the same configuration.</summary>
internal static class RigFileWriter
{
    public static string ToYaml(RigConfiguration rig)
    {
        var text = new StringBuilder("# The rig as it was resolved: every key, every path absolute.\n");
        Line(text, "name", Quote(rig.Name));
        if (rig.Keypoints is { } keypoints)
            Keypoints(text, keypoints);
        if (rig.Cameras is { } cameras)
            Cameras(text, cameras);
        if (rig.Tetrodes is { } tetrodes)
            Tetrodes(text, tetrodes);
        if (rig.Comparison is { } comparison)
            Comparison(text, comparison);
        if (rig.AnimalPath is { } animal)
            Line(text, "animal", Quote(animal));
        if (rig.Body is { } body)
        {
            text.Append("body:\n");
            Line(text, "  mjcf", Quote(body.MjcfPath));
            Line(text, "  attachment", Quote(body.AttachmentPath));
        }
        text.Append("control:\n");
        Line(text, "  grace_ms", Exact(rig.Control.GraceMs));
        Line(text, "  leave_limit_mm", Exact(rig.Control.LeaveLimitMm));
        Line(text, "  fall_limit_deg", Exact(rig.Control.FallLimitDeg));
        if (rig.Control.Controller is { } controller)
            Line(text, "  controller", Quote(controller));
        Line(text, "  reference_mode", rig.Control.ReferenceMode == ReferenceMode.Predict ? "predict" : "delay");
        if (rig.Control.Forecaster is { } forecaster)
            Line(text, "  forecaster", Quote(forecaster));
        var registration = rig.Registration;
        text.Append("registration:\n");
        Line(text, "  minimum_confidence", Exact(registration.MinimumConfidence));
        Line(text, "  minimum_keypoints", Whole(registration.MinimumKeypoints));
        Line(text, "  maximum_speed_m_per_s", Exact(registration.MaximumSpeedMPerS));
        Line(text, "  bad_fit_mm", Millimetres(registration.BadFitM));
        Line(text, "  outlier_mm", Millimetres(registration.OutlierM));
        Line(text, "  swap_gain_mm", Millimetres(registration.SwapGainM));
        Line(text, "  extrapolated_ticks", Whole(registration.ExtrapolatedTicks));
        if (rig.Recording is { } recording)
        {
            text.Append("recording:\n");
            Line(text, "  folder", Quote(recording.Folder));
            if (recording.Name is { } name)
                Line(text, "  name", Quote(name));
            Line(text, "  minimum_free_gb", Exact(recording.MinimumFreeGb));
        }
        return text.ToString();
    }

    private static void Keypoints(StringBuilder text, RigKeypoints keypoints)
    {
        text.Append("keypoints:\n");
        Line(text, "  source", keypoints.Source switch { KeypointSourceKind.File => "file", KeypointSourceKind.Cameras => "cameras", _ => "simulated" });
        if (keypoints.Seconds is { } seconds)
            Line(text, "  seconds", Exact(seconds));
        if (keypoints.Source == KeypointSourceKind.Cameras)
            return;
        if (keypoints.Source == KeypointSourceKind.Simulated)
        {
            Line(text, "  seed", Whole(keypoints.Seed));
            return;
        }
        Line(text, "  path", Quote(keypoints.Path ?? ""));
        Line(text, "  rate", Exact(keypoints.Rate));
        if (keypoints.RateHz is { } rateHz)
            Line(text, "  rate_hz", Exact(rateHz));
        Line(text, "  units", keypoints.Units switch { LengthUnit.Millimetres => "mm", LengthUnit.Metres => "m", _ => "auto" });
        Line(text, "  allow_missing", keypoints.AllowMissing ? "true" : "false");
    }

    private static void Cameras(StringBuilder text, RigCameras cameras)
    {
        text.Append("cameras:\n");
        if (cameras.VideoFolder is { } folder)
            Line(text, "  videos", Quote(folder));
        if (cameras.Devices.Count > 0)
            text.Append("  devices:\n");
        foreach (var device in cameras.Devices)
            text.Append(CultureInfo.InvariantCulture, $"    - {{name: {Quote(device.Name)}, device: {Quote(device.Device)}, width_px: {device.WidthPx}, height_px: {device.HeightPx}, rate_hz: {Exact(device.RateHz)}}}\n");
        Line(text, "  calibration", Quote(cameras.CalibrationPath));
        Line(text, "  model", Quote(cameras.Vision.Model));
        Line(text, "  device", cameras.Vision.Device.Word());
        Line(text, "  threads", Whole(cameras.Vision.Threads));
        Line(text, "  refine", cameras.Vision.Refine ? "true" : "false");
        Line(text, "  filter", cameras.Vision.Filter ? "true" : "false");
        if (cameras.Faults.Count > 0)
            text.Append("  faults:\n");
        foreach (var (camera, fault) in cameras.Faults)
            text.Append(CultureInfo.InvariantCulture, $"    - {{camera: {Quote(camera)}, kind: {fault.Kind.ToString().ToLowerInvariant()}, at_frame: {fault.AtFrame}, frames: {fault.Count}, delay_ms: {Exact(fault.DelayS * 1000)}}}\n");
    }

    private static void Tetrodes(StringBuilder text, RigTetrodes tetrodes)
    {
        text.Append("tetrodes:\n");
        Line(text, "  source", tetrodes.Source switch { TetrodeSourceKind.File => "file", TetrodeSourceKind.IntanRhx => "intan_rhx", TetrodeSourceKind.NiDaqmx => "ni_daqmx", _ => "simulated" });
        if (tetrodes.Source == TetrodeSourceKind.Simulated)
        {
            Line(text, "  count", Whole(tetrodes.Count));
            Line(text, "  seed", Whole(tetrodes.Seed));
        }
        else
        {
            Line(text, "  wires", Whole(tetrodes.Wires));
        }
        if (tetrodes.Path is { } path)
            Line(text, "  path", Quote(path));
        if (tetrodes.Stream is { } stream)
            Line(text, "  stream", Quote(stream));
        if (tetrodes.Source == TetrodeSourceKind.IntanRhx)
        {
            Line(text, "  host", Quote(tetrodes.Host));
            Line(text, "  command_port", Whole(tetrodes.CommandPort));
            Line(text, "  waveform_port", Whole(tetrodes.WaveformPort));
            Line(text, "  ports", Quote(tetrodes.Ports));
            Line(text, "  channels_per_port", Whole(tetrodes.ChannelsPerPort));
            Line(text, "  rate_hz", Exact(tetrodes.RateHz));
        }
        if (tetrodes.Source == TetrodeSourceKind.NiDaqmx)
        {
            Line(text, "  inputs", Quote(tetrodes.Inputs));
            if (tetrodes.Sensors is { } sensors)
                Line(text, "  sensors", List(sensors.Split(',')));
            Line(text, "  gain", Exact(tetrodes.Gain));
            Line(text, "  max_volts", Exact(tetrodes.MaxVolts));
            Line(text, "  rate_hz", Exact(tetrodes.RateHz));
        }
        if (tetrodes.Groups is { } groups)
            Line(text, "  groups", List(groups.Split('\n')));
        if (tetrodes.SyncChannel is { } sync)
            Line(text, "  sync", $"{{channel: {Quote(sync)}{(tetrodes.SyncBit is { } bit ? $", bit: {Whole(bit)}" : "")}, threshold: {Exact(tetrodes.SyncThreshold)}}}");
        Line(text, "  learn_seconds", Exact(tetrodes.LearnSeconds));
        Line(text, "  bin_ms", Exact(tetrodes.BinMs));
        Line(text, "  lfp_hz", Exact(tetrodes.LfpHz));
        if (tetrodes.StatePath is { } state)
            Line(text, "  state", Quote(state));
    }

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quote))}]";

    private static void Comparison(StringBuilder text, RigComparison comparison)
    {
        var options = comparison.Options;
        text.Append("comparison:\n");
        Line(text, "  enabled", comparison.Enabled ? "true" : "false");
        if (options.Classes.Count > 0)
            Line(text, "  classes", List(options.Classes));
        Line(text, "  lags_ms", $"[{string.Join(", ", options.LagsMs.Select(Exact))}]");
        Line(text, "  most_features", Whole(options.MostFeatures));
        Line(text, "  scale_seconds", Exact(options.ScaleSeconds));
        Line(text, "  rolling_seconds", Exact(options.RollingSeconds));
        Line(text, "  every_seconds", Exact(options.EverySeconds));
    }

    private static void Line(StringBuilder text, string key, string value) => text.Append(key).Append(": ").Append(value).Append('\n');

    private static string Exact(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    // NB: through decimal, so that 0.012 m is 12 mm and not 12.000000000000002.
    private static string Millimetres(double metres) => ((decimal)metres * 1000).ToString("G29", CultureInfo.InvariantCulture);

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
