using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Sessions;

/// <summary>
/// What a recording says of its session besides the streams, so that a replay needs nothing else: the resolved
/// configuration, versions and git commit, the body and the animal.
/// </summary>
public static class SessionArchive
{
    private const string ConfigurationName = "configuration";
    private const string BodyName = "body.xml";
    private const string BodyFactsName = "body.json";
    private const string BodyFilePrefix = "body/";
    private const string AnimalName = "animal.yaml";
    private const string SorterStateName = "sorter-state.bin";

    /// <summary>What stands at the beginning of a recording of this setup.</summary>
    /// <param name="setup">The setup.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="further">Files to be kept besides what a replay needs.</param>
    public static RecordingContent ContentOf(SessionSetup setup, SessionClock clock, params IReadOnlyList<RecordingAttachment> further) => ContentOf(setup, clock, tetrodes: null, further);

    /// <summary>What stands at the beginning of a recording of this setup and tetrodes.</summary>
    /// <param name="setup">The setup.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="tetrodes">The tetrodes beside the body; null where there are none.</param>
    /// <param name="further">Files to be kept besides what a replay needs.</param>
    /// <param name="comparison">What compares network and neurons; null where nothing does.</param>
    public static RecordingContent ContentOf(SessionSetup setup, SessionClock clock, TetrodeStage? tetrodes, IReadOnlyList<RecordingAttachment> further, ComparisonStage? comparison = null) => new()
    {
        Layout = setup.RecordingLayout with { Tetrodes = tetrodes?.Layout, Comparison = comparison?.Layout },
        Metadata = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [ConfigurationName] = new Dictionary<string, string> { ["json"] = Encoding.UTF8.GetString(JsonReport.ToUtf8(setup.Configuration with { Tetrodes = tetrodes?.Configuration, Comparison = comparison?.Configuration })) },
            ["versions"] = Versions(),
            ["session"] = new Dictionary<string, string>
            {
                ["started_at"] = clock.StartedAt.ToString("O", CultureInfo.InvariantCulture),
                ["time_unit"] = "nanoseconds since the session's clock started",
                ["synchronisation"] = $"keypoint sets{(tetrodes is null ? "" : " and sample blocks")} are placed on the session's clock by their arrival; {(tetrodes?.Layout.SyncChannel is { } sync ? $"samples by sync pulses on {sync}, as soon as three were seen" : "there are no sync pulses")}",
            },
        },
        Attachments =
        [
            new(BodyName, "application/xml", Encoding.UTF8.GetBytes(setup.Description.Mjcf)),
            new(BodyFactsName, "application/json", JsonReport.ToUtf8(new BodyFacts(
                setup.Description.Name, setup.Description.Attachments, setup.Description.RootKeypoint,
                setup.Description.TrunkKeypoints, setup.Description.RegularisedKeypoints))),
            .. setup.Description.Files.Select(file => new RecordingAttachment(BodyFilePrefix + file.Key, "application/octet-stream", file.Value)),
            new(AnimalName, "application/yaml", Encoding.UTF8.GetBytes(setup.Animal.ToYaml())),
            .. tetrodes?.State is { } state ? [new RecordingAttachment(SorterStateName, "application/octet-stream", state)] : Array.Empty<RecordingAttachment>(),
            .. comparison?.Plan is { } plan ? [PlanOf(plan)] : Array.Empty<RecordingAttachment>(),
            .. further,
        ],
    };

    /// <summary>The setup that a recording was made with.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="body">Another body to use instead of the recording's; null: the recording's.</param>
    /// <param name="animal">Another animal to use instead of the recording's; null: the recording's.</param>
    /// <param name="keypoints">Where the keypoints come from instead of the recording, as from its images; null: from the recording.</param>
    /// <param name="rodent">Changes how the virtual rodent is treated; null: as in the recording.</param>
    /// <exception cref="ClosedLoopException">The recording lacks what a replay needs, or holds it in another version's form.</exception>
    public static SessionSetup SetupOf(SessionRecording recording, BodyDescription? body, AnimalFile? animal, IKeypointSource? keypoints = null,
        Func<VirtualRodentOptions, VirtualRodentOptions>? rodent = null)
    {
        var another = body is not null;
        body ??= BodyOf(recording);
        animal ??= AnimalFile.Parse(Text(recording, AnimalName), $"{recording.Path}: {AnimalName}");
        var configuration = ConfigurationOf(recording);
        // A network drives the body that it was made for and no other: another body gets what suits it.
        if (another && configuration.Controller is { } recorded && ControllerFactory.IsPolicy(recorded))
            configuration = configuration with { Controller = null, ControllerSha256 = null };
        if (rodent?.Invoke(configuration.Rodent) is { } changed && changed != configuration.Rodent)
            configuration = configuration with { Rodent = changed, ForecasterSha256 = null };
        return keypoints is null
            ? new(body, animal, recording.Layout.Keypoints, configuration)
            : new(body, animal, keypoints.Layout, configuration with { RateHz = keypoints.RateHz, Source = keypoints.Description });
    }

    /// <summary>
    /// The tetrodes of a recording, to be sorted and counted as they were in its session.
    /// </summary>
    /// <param name="recording">The recording; stays the caller's.</param>
    /// <param name="source">Its samples as they were recorded.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The recording does not say how they were sorted.</exception>
    public static TetrodeStage TetrodesOf(SessionRecording recording, RecordingSampleSource source, SessionClock clock)
    {
        var configuration = ConfigurationOf(recording).Tetrodes ?? throw Lacking(recording, "configuration of its tetrodes");
        return new(source, source.Tetrodes, configuration, clock, configuration.BeganSorted ? recording.ReadAttachment(SorterStateName).Data : null, recording);
    }

    /// <summary>The comparison of a recording, to be made again as it was in its session; null where nothing was compared.</summary>
    /// <param name="recording">The recording; stays the caller's.</param>
    /// <param name="setup">What it is replayed with.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The recording does not say how it was compared.</exception>
    public static ComparisonStage? ComparisonOf(SessionRecording recording, SessionSetup setup, SessionClock clock)
    {
        if (ConfigurationOf(recording).Comparison is not { } configuration || recording.Layout.Tetrodes is not { } tetrodes)
            return null;
        var recorded = RecordedScores.Read(recording);
        // NB: a replay has its own times; by how much poses were captured before their beats only the recording knows, and which unit is which planted neuron.
        return recorded.Scores is { } last
            ? new(setup, configuration, tetrodes.UnitCapacity, clock, isLive: false, plan: recorded.Plan, planted: last.Planted[..last.UnitCount], delayBins: last.DelayBins)
            : null;
    }

    /// <summary>A plan of planted neurons as a file in a recording.</summary>
    public static RecordingAttachment PlanOf(PlantedPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(PlantedPlan.FileName, "application/yaml", Encoding.UTF8.GetBytes(plan.ToYaml()));
    }

    /// <summary>Names of the hinges of the body that a recording was made with; their numbers where it does not hold the body.</summary>
    /// <param name="recording">The recording.</param>
    /// <exception cref="ClosedLoopException">The body in it cannot be read.</exception>
    public static IReadOnlyList<string> JointNamesOf(SessionRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (!recording.AttachmentNames.Contains(BodyName))
            return [.. Enumerable.Range(0, recording.Layout.PositionCount - MotionClip.RootLength).Select(joint => joint.ToString(CultureInfo.InvariantCulture))];
        using var body = BodyOf(recording).Compile(recording.Layout.Keypoints);
        return [.. body.QposNames.Skip(MotionClip.RootLength)];
    }

    private static BodyDescription BodyOf(SessionRecording recording)
    {
        var facts = Parse<BodyFacts>(recording, BodyFactsName, Text(recording, BodyFactsName));
        return new(
            facts.Name, Text(recording, BodyName),
            recording.AttachmentNames.Where(name => name.StartsWith(BodyFilePrefix, StringComparison.Ordinal))
                .ToDictionary(name => name[BodyFilePrefix.Length..], name => recording.ReadAttachment(name).Data),
            facts.Attachments, facts.RootKeypoint, facts.TrunkKeypoints, facts.RegularisedKeypoints);
    }

    private static SessionConfiguration ConfigurationOf(SessionRecording recording) =>
        recording.Metadata.TryGetValue(ConfigurationName, out var values) && values.TryGetValue("json", out var json)
            ? Parse<SessionConfiguration>(recording, ConfigurationName, json)
            : throw Lacking(recording, ConfigurationName);

    private static string Text(SessionRecording recording, string name) =>
        recording.AttachmentNames.Contains(name)
            ? Encoding.UTF8.GetString(recording.ReadAttachment(name).Data)
            : throw Lacking(recording, name);

    private static T Parse<T>(SessionRecording recording, string name, string json)
    {
        try
        {
            return JsonReport.Parse<T>(json);
        }
        catch (JsonException e)
        {
            throw ClosedLoopException.Failed($"the {name} in the recording '{recording.Path}' cannot be read by this version ({ProgramVersion.Full}): {e.Message}", e);
        }
    }

    private static ClosedLoopException Lacking(SessionRecording recording, string name) => ClosedLoopException.Failed(
        $"the recording '{recording.Path}' has no {name}, without which it cannot be replayed; it was not made by a session, or its beginning is damaged");

    private static Dictionary<string, string> Versions() => new()
    {
        ["closedloop"] = ProgramVersion.Full,
        ["mujoco"] = MujocoModel.LibraryVersion,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["operating_system"] = RuntimeInformation.OSDescription,
        ["architecture"] = $"{RuntimeInformation.ProcessArchitecture}",
        ["processor"] = Diagnostics.MachineFacts.Read().Processor,
        ["device"] = "cpu",
    };

    private sealed record BodyFacts(
        string Name, IReadOnlyList<KeypointAttachment> Attachments, string RootKeypoint,
        IReadOnlyList<string> TrunkKeypoints, IReadOnlyList<string> RegularisedKeypoints);
}
