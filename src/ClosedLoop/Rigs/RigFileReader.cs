using System.Globalization;
using ClosedLoop.Acquisition;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Vision;

namespace ClosedLoop.Rigs;

/// <summary>
/// Reads a rig file strictly. Every problem is kept, not only the first, so that a person can mend a file at once; a
/// value with a problem is read as if it were not there.
/// </summary>
internal sealed class RigFileReader
{
    private readonly string _folder;
    private readonly List<string> _problems;

    private RigFileReader(string folder, List<string> problems) => (_folder, _problems) = (folder, problems);

    /// <summary>Reads a rig file.</summary>
    /// <param name="path">The file; relative paths in it start from its folder.</param>
    /// <param name="problems">What is wrong with it is added here, a sentence each.</param>
    /// <returns>Null where nothing of it can be read.</returns>
    public static RigConfiguration? Read(string path, List<string> problems)
    {
        try
        {
            var text = File.ReadAllText(path);
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return new RigFileReader(folder, problems).Rig(YamlSection.Parse(text, path, "a rig file"));
        }
        catch (ClosedLoopException e)
        {
            problems.Add(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"the rig file {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}");
        }
        return null;
    }

    private RigConfiguration Rig(YamlSection root)
    {
        Allow(root, "name", "keypoints", "cameras", "tetrodes", "comparison", "animal", "body", "control", "registration", "recording");
        var keypoints = Try(() => Keypoints(root.Child("keypoints")));
        return new()
        {
            Name = Try(() => NameOf(root, "name")) ?? "rig",
            Keypoints = keypoints,
            Cameras = root.Has("cameras") || keypoints?.Source == KeypointSourceKind.Cameras ? Try(() => Cameras(root.Child("cameras"))) : null,
            Tetrodes = Section(root, "tetrodes", Tetrodes),
            Comparison = Section(root, "comparison", Comparison),
            AnimalPath = root.Has("animal") && Try(() => root.Text("animal")) is { } animal ? Absolute(animal) : null,
            Body = Section(root, "body", Body),
            Control = Section(root, "control", Control) ?? new(),
            Registration = Section(root, "registration", Registration) ?? new(),
            Recording = Try(() => Recording(root.Child("recording"))),
        };
    }

    private RigKeypoints? Keypoints(YamlSection section)
    {
        string[] always = ["source", "seconds"], simulated = ["seed"], file = ["path", "rate", "rate_hz", "units", "allow_missing"];
        var source = Try(() => section.OneOf("source", "simulated", "file", "cameras"));
        Allow(section, [.. always, .. source is "file" or "cameras" ? [] : simulated, .. source is "simulated" or "cameras" ? [] : file]);
        var isFile = source == "file";
        var path = isFile ? Try(() => section.Text("path")) : null;
        var keypoints = new RigKeypoints
        {
            Source = source switch { "file" => KeypointSourceKind.File, "cameras" => KeypointSourceKind.Cameras, _ => KeypointSourceKind.Simulated },
            Seconds = Number(section, "seconds", 0.1, 1_000_000),
            Seed = Integer(section, "seed", 0, int.MaxValue) ?? 1,
            Path = path is null ? null : Absolute(path),
            Rate = Number(section, "rate", 0.1, 10) ?? 1,
            RateHz = Number(section, "rate_hz", 1, 1000),
            Units = Units(section),
            AllowMissing = section.Has("allow_missing") && Try(() => (bool?)section.Truth("allow_missing")) == true,
        };
        return source is null || (isFile && path is null) ? null : keypoints;
    }

    private RigCameras? Cameras(YamlSection section)
    {
        Allow(section, "videos", "devices", "calibration", "model", "device", "threads", "refine", "filter", "faults");
        var videos = section.Has("devices") && !section.Has("videos") ? null : Try(() => section.Text("videos"));
        var devices = section.Has("devices") ? Try(() => section.Children("devices").Select(Device).ToArray()) : null;
        if (section.Has("videos") && section.Has("devices"))
            _problems.Add(section.Wrong("devices", "must not stand beside 'videos': a rig has one or the other").Message);
        var otherwise = new VisionOptions();
        var model = section.Has("model") ? Try(() => section.Text("model")) : null;
        var device = section.Has("device") ? Try(() => section.OneOf("device", [.. InferenceDeviceNames.All])) : null;
        if (Try(() => section.Text("calibration")) is not { } calibration || (videos is null && devices is null))
            return null;
        return new()
        {
            VideoFolder = videos is null ? null : Absolute(videos),
            Devices = devices ?? [],
            CalibrationPath = Absolute(calibration),
            Vision = new()
            {
                Model = model is null or "fast" or "volumetric" ? model ?? otherwise.Model : Absolute(model),
                Device = device is null ? otherwise.Device : InferenceDeviceNames.Parse(device),
                Threads = Integer(section, "threads", 1, 64) ?? otherwise.Threads,
                Refine = !section.Has("refine") || Try(() => (bool?)section.Truth("refine")) != false,
                Filter = section.Has("filter") && Try(() => (bool?)section.Truth("filter")) == true,
            },
            Faults = section.Has("faults") ? Try(() => section.Children("faults").Select(Fault).ToArray()) ?? [] : [],
        };
    }

    private RigTetrodes? Tetrodes(YamlSection section)
    {
        string[] always = ["source", "learn_seconds", "bin_ms", "lfp_hz", "state", "sync"], simulated = ["count", "seed"], file = ["path", "stream", "wires", "groups"],
            rhx = ["host", "command_port", "waveform_port", "ports", "channels_per_port", "rate_hz", "wires", "groups"], daqmx = ["inputs", "sensors", "gain", "max_volts", "rate_hz", "wires", "groups"];
        var source = Try(() => section.OneOf("source", "simulated", "file", "intan_rhx", "ni_daqmx"));
        // NB: beside a source that is not known no key is wrong.
        Allow(section, [.. always, .. source switch { "simulated" => simulated, "file" => file, "intan_rhx" => rhx, "ni_daqmx" => daqmx, _ => [.. simulated, .. file, .. rhx, .. daqmx] }]);
        var sync = Section(section, "sync", Sync);
        var inputs = source == "ni_daqmx" ? Try(() => section.Text("inputs")) : "";
        var path = source == "file" ? Try(() => section.Text("path")) : null;
        var otherwise = new RigTetrodes { Source = TetrodeSourceKind.Simulated };
        var tetrodes = new RigTetrodes
        {
            Source = source switch { "file" => TetrodeSourceKind.File, "intan_rhx" => TetrodeSourceKind.IntanRhx, "ni_daqmx" => TetrodeSourceKind.NiDaqmx, _ => TetrodeSourceKind.Simulated },
            Count = Integer(section, "count", 1, 1024) ?? otherwise.Count,
            Seed = Integer(section, "seed", 0, int.MaxValue) ?? otherwise.Seed,
            Path = path is null ? null : Absolute(path),
            Stream = section.Has("stream") ? Try(() => section.Text("stream")) : null,
            Wires = Integer(section, "wires", 1, 64) ?? otherwise.Wires,
            Host = section.Has("host") ? Try(() => section.Text("host")) ?? otherwise.Host : otherwise.Host,
            CommandPort = Integer(section, "command_port", 1, 65_535) ?? otherwise.CommandPort,
            WaveformPort = Integer(section, "waveform_port", 1, 65_535) ?? otherwise.WaveformPort,
            Ports = section.Has("ports") ? Try(() => PortsOf(section)) ?? otherwise.Ports : otherwise.Ports,
            ChannelsPerPort = Integer(section, "channels_per_port", 1, 128) ?? otherwise.ChannelsPerPort,
            RateHz = Number(section, "rate_hz", 1000, 100_000) ?? otherwise.RateHz,
            LearnSeconds = Number(section, "learn_seconds", 1, 3600) ?? otherwise.LearnSeconds,
            BinMs = Number(section, "bin_ms", 1, 1000) ?? otherwise.BinMs,
            LfpHz = Number(section, "lfp_hz", 0, 5000) ?? otherwise.LfpHz,
            Groups = section.Has("groups") ? Try(() => string.Join('\n', section.Texts("groups"))) : null,
            SyncChannel = sync?.Channel,
            SyncBit = sync?.Bit,
            SyncThreshold = sync?.Threshold ?? otherwise.SyncThreshold,
            Inputs = inputs ?? "",
            Sensors = section.Has("sensors") ? Try(() => string.Join(',', section.Texts("sensors"))) : null,
            Gain = Number(section, "gain", 1, 1e6) ?? otherwise.Gain,
            MaxVolts = Number(section, "max_volts", 0.01, 10) ?? otherwise.MaxVolts,
            StatePath = section.Has("state") && Try(() => section.Text("state")) is { } state ? Absolute(state) : null,
        };
        return source is null || inputs is null || (source == "file" && path is null) ? null : tetrodes;
    }

    private SyncSection? Sync(YamlSection section)
    {
        Allow(section, "channel", "bit", "threshold");
        return Try(() => section.Text("channel")) is { } channel
            ? new(channel, Integer(section, "bit", 0, 15), Number(section, "threshold", 1e-6, 1e6))
            : null;
    }

    private RigComparison? Comparison(YamlSection section)
    {
        Allow(section, "enabled", "classes", "lags_ms", "most_features", "scale_seconds", "rolling_seconds", "every_seconds");
        var otherwise = new ComparisonConfiguration();
        var options = new ComparisonConfiguration
        {
            Classes = section.Has("classes") ? Try(() => section.Texts("classes")) ?? [] : [],
            LagsMs = section.Has("lags_ms") ? Try(() => LagsOf(section)) ?? otherwise.LagsMs : otherwise.LagsMs,
            MostFeatures = Integer(section, "most_features", 1, 1000) ?? otherwise.MostFeatures,
            ScaleSeconds = Number(section, "scale_seconds", 0.1, 3600) ?? otherwise.ScaleSeconds,
            RollingSeconds = Number(section, "rolling_seconds", 1, 36_000) ?? otherwise.RollingSeconds,
            EverySeconds = Number(section, "every_seconds", 0.1, 3600) ?? otherwise.EverySeconds,
        };
        return new() { Enabled = !section.Has("enabled") || Try(() => (bool?)section.Truth("enabled")) != false, Options = options };
    }

    private static double[] LagsOf(YamlSection section)
    {
        var lags = section.Texts("lags_ms").Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var lag) ? lag : double.NaN).ToArray();
        return lags.Length is > 0 and <= 50 && lags.All(lag => Math.Abs(lag) <= 2000) && lags.Distinct().Count() == lags.Length
            ? lags
            : throw section.Wrong("lags_ms", "must be a list of 1 to 50 different numbers from -2000 to 2000");
    }

    private static string PortsOf(YamlSection section) => section.Text("ports") is { Length: > 0 } ports && ports.All(port => port is >= 'A' and <= 'P') && ports.Zip(ports.Skip(1)).All(pair => pair.First < pair.Second)
        ? ports
        : throw section.Wrong("ports", "must name ports of the controller in their order, as in AB");

    private RigDevice Device(YamlSection section)
    {
        Allow(section, "name", "device", "width_px", "height_px", "rate_hz");
        return new(NameOf(section, "name"), section.Text("device"), section.Integer("width_px", 16, 10_000), section.Integer("height_px", 16, 10_000), section.Number("rate_hz", 1, 1000));
    }

    private (string, CameraFault) Fault(YamlSection section)
    {
        Allow(section, "camera", "kind", "at_frame", "frames", "delay_ms");
        var kind = section.OneOf("kind", "stop", "skip", "repeat", "short", "late");
        return (section.Text("camera"), new(
            Enum.Parse<CameraFaultKind>(kind, ignoreCase: true), section.Integer("at_frame", 0, int.MaxValue),
            section.Has("frames") ? section.Integer("frames", 1, int.MaxValue) : 1, section.Has("delay_ms") ? section.Number("delay_ms", 0, 10_000) / 1000 : 0));
    }

    private LengthUnit Units(YamlSection section) => (section.Has("units") ? Try(() => section.OneOf("units", "auto", "mm", "m")) : null) switch
    {
        "mm" => LengthUnit.Millimetres,
        "m" => LengthUnit.Metres,
        _ => LengthUnit.Auto,
    };

    private RigBody? Body(YamlSection section)
    {
        Allow(section, "mjcf", "attachment");
        var (mjcf, attachment) = (Try(() => section.Text("mjcf")), Try(() => section.Text("attachment")));
        return mjcf is null || attachment is null ? null : new(Absolute(mjcf), Absolute(attachment));
    }

    private string? Controller(YamlSection section)
    {
        if (section.OptionalText("controller") is not { } name)
            return null;
        if (ControllerFactory.Names.Contains(name))
            return name;
        return Directory.Exists(Absolute(name))
            ? Absolute(name)
            : throw section.Wrong("controller", $"must be one of {string.Join(", ", ControllerFactory.Names)}, or a policy's folder", Spelling.Suggest(name, ControllerFactory.Names));
    }

    private RigControl Control(YamlSection section)
    {
        Allow(section, "grace_ms", "leave_limit_mm", "fall_limit_deg", "controller", "reference_mode", "forecaster");
        var otherwise = new RigControl();
        var forecaster = section.Has("forecaster") ? Try(() => section.Text("forecaster")) : null;
        return new()
        {
            Controller = Try(() => Controller(section)),
            GraceMs = Number(section, "grace_ms", 0, 500) ?? otherwise.GraceMs,
            LeaveLimitMm = Number(section, "leave_limit_mm", 1, 10_000) ?? otherwise.LeaveLimitMm,
            FallLimitDeg = Number(section, "fall_limit_deg", 1, 180) ?? otherwise.FallLimitDeg,
            ReferenceMode = section.Has("reference_mode") && Try(() => section.OneOf("reference_mode", "delay", "predict")) == "predict" ? ReferenceMode.Predict : otherwise.ReferenceMode,
            // NB: what has a folder's separator is one, from the rig file's folder.
            Forecaster = forecaster?.Contains('/', StringComparison.Ordinal) == true ? Absolute(forecaster) : forecaster,
        };
    }

    private RegistrarOptions Registration(YamlSection section)
    {
        Allow(section, "minimum_confidence", "minimum_keypoints", "maximum_speed_m_per_s", "bad_fit_mm", "outlier_mm", "swap_gain_mm", "extrapolated_ticks");
        var otherwise = new RegistrarOptions();
        return new()
        {
            MinimumConfidence = Number(section, "minimum_confidence", 0, 1) ?? otherwise.MinimumConfidence,
            MinimumKeypoints = Integer(section, "minimum_keypoints", 3, 100) ?? otherwise.MinimumKeypoints,
            MaximumSpeedMPerS = Number(section, "maximum_speed_m_per_s", 0.1, 100) ?? otherwise.MaximumSpeedMPerS,
            BadFitM = Number(section, "bad_fit_mm", 0.1, 1000) / 1000 ?? otherwise.BadFitM,
            OutlierM = Number(section, "outlier_mm", 0.1, 1000) / 1000 ?? otherwise.OutlierM,
            SwapGainM = Number(section, "swap_gain_mm", 0.1, 1000) / 1000 ?? otherwise.SwapGainM,
            ExtrapolatedTicks = Integer(section, "extrapolated_ticks", 0, 1000) ?? otherwise.ExtrapolatedTicks,
        };
    }

    private RigRecording? Recording(YamlSection section)
    {
        Allow(section, "folder", "name", "minimum_free_gb");
        var minimum = Number(section, "minimum_free_gb", 0.1, 100_000);
        var name = section.Has("name") ? Try(() => NameOf(section, "name")) : null;
        return Try(() => section.Text("folder")) is not { } folder ? null : new()
        {
            Folder = Absolute(folder),
            Name = name,
            MinimumFreeGb = minimum ?? 1,
        };
    }

    /// <summary>A name that files are called by.</summary>
    private static string NameOf(YamlSection section, string key) => section.Text(key) is { Length: > 0 and <= 100 } name
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] is not ('.' or '-')
            ? name
            : throw section.Wrong(key, "must be letters, digits, '-', '_' and '.', for files are called by it");

    private void Allow(YamlSection section, params string[] known) =>
        _problems.AddRange(section.UnknownKeys(known).Select(error => error.Message));

    private T? Section<T>(YamlSection root, string key, Func<YamlSection, T?> read)
        where T : class => root.Has(key) ? Try(() => read(root.Child(key))) : null;

    private double? Number(YamlSection section, string key, double least, double most) =>
        section.Has(key) ? Try(() => (double?)section.Number(key, least, most)) : null;

    private int? Integer(YamlSection section, string key, int least, int most) =>
        section.Has(key) ? Try(() => (int?)section.Integer(key, least, most)) : null;

    private string Absolute(string path) => Path.GetFullPath(Path.Combine(_folder, path));

    private T? Try<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (ClosedLoopException e)
        {
            _problems.Add(e.Message);
            return default;
        }
    }

    private sealed record SyncSection(string Channel, int? Bit, double? Threshold);
}
