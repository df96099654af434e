using ClosedLoop.Core;
using ClosedLoop.Recording;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace ClosedLoop.Tests.Recording.Session;

public class RecordTableTests
{
    private const string Stamp = "1 sequence Sfixed64, 2 device_counter Sfixed64, 3 device_time_ns Sfixed64, 4 captured_ns Sfixed64, 5 produced_ns Sfixed64, ";

    /// <summary>Recordings outlive programs: a number that changed its meaning would make old ones lie. Add lines; change none.</summary>
    [Fact]
    public void The_numbers_names_and_types_of_recorded_fields_stay_what_they_are()
    {
        Assert.Equal(
            Stamp + "6 frame_set_sequence Sfixed64, 7 positions_m Double[], 8 confidence Float[]",
            Fields(RecordTables.Keypoints.Describe()));
        Assert.Equal(
            Stamp + "6 keypoints_sequence Sfixed64, 7 flags Sfixed32, 8 qpos Double[], 9 qvel Double[], 10 site_positions_m Double[], " +
            "11 mean_marker_error_m Double, 12 keypoints_used Sfixed32, 13 iterations Sfixed32",
            Fields(RecordTables.Pose.Describe()));
        Assert.Equal(
            Stamp + "6 reference_sequence Sfixed64, 7 reference_mode Sfixed32, 8 flags Sfixed32, 9 action Double[], 10 activations Float[], " +
            "11 qpos Double[], 12 qvel Double[], 13 site_positions_m Double[], 14 total_error_m Double, 15 root_error_m Double",
            Fields(RecordTables.ControlStep.Describe()));
        Assert.Equal(
            "1 index Sfixed64, 2 time_ns Sfixed64, 3 keypoints_sequence Sfixed64",
            Fields(RecordTables.Tick.Describe()));
        Assert.Equal(Stamp + "6 present Sfixed64", Fields(RecordTables.FrameSet.Describe()));
        Assert.Equal(
            "1 time_ns Sfixed64, 2 camera String, 3 camera_index Sfixed32, 4 kind Sfixed32, 5 count Sfixed64, 6 last_seen_ns Sfixed64, 7 sentence String",
            Fields(RecordTables.CameraFinding.Describe()));
        Assert.Equal(
            "1 time_ns Sfixed64, 2 camera String, 3 delivered Sfixed64, 4 lost Sfixed64, 5 repeated Sfixed64, 6 out_of_order Sfixed64, " +
            "7 short Sfixed64, 8 decode_errors Sfixed64, 9 overruns Sfixed64, 10 last_arrival_ns Sfixed64",
            Fields(RecordTables.CameraStatistics.Describe()));
        // The first four are Foxglove's.
        Assert.Equal(
            "1 timestamp Message, 2 data Bytes, 3 format String, 4 frame_id String, 101 set_sequence Sfixed64, 102 sequence Sfixed64, " +
            "103 device_counter Sfixed64, 104 device_time_ns Sfixed64, 105 captured_ns Sfixed64, 106 produced_ns Sfixed64",
            Fields(ImageMessage.Describe()));
        Assert.Equal("foxglove.CompressedImage", ImageMessage.FullName);
        // The kinds of findings stand in files as numbers.
        Assert.Equal(
            "Stopped,Resumed,Skipped,Repeated,OutOfOrder,OutOfStep,Short,Undecodable,Late,Failed", string.Join(',', Enum.GetNames<CameraFindingKind>()));
    }

    [Fact]
    public void A_field_that_a_message_lacks_is_zero_and_one_that_is_unknown_is_passed_over()
    {
        var newer = new RecordTable<Pose>(
            "Pose",
            new LongField<Pose>(1, "sequence", _ => 42, (_, _) => { }),
            new IntField<Pose>(100, "new_int", _ => 1, (_, _) => { }),
            new DoubleField<Pose>(101, "new_double", _ => 1, (_, _) => { }),
            new ArrayField<Pose, float>(3000, "new_array", _ => new float[200]));
        var source = new Pose(7, 6, 1);
        var bytes = new byte[newer.Size(source)];
        Assert.Equal(bytes.Length, newer.Encode(source, bytes));

        // A varint is a wire type that is not written here but may come from others.
        byte[] message = [.. bytes, 0xf8, 0x3e, 0x96, 0x01];
        var pose = new Pose(7, 6, 1) { Iterations = 9, Flags = PoseFlags.Jump };
        Array.Fill(pose.Qpos, 5);
        RecordTables.Pose.Decode(message, pose);
        Assert.Equal(42, pose.Stamp.Sequence);
        Assert.Equal(0, pose.Iterations);
        Assert.Equal(PoseFlags.None, pose.Flags);
        Assert.All(pose.Qpos, v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_message_cut_anywhere_or_of_other_sizes_is_refused()
    {
        var step = new RandomSession(ticks: 1).Steps[0];
        var bytes = new byte[RecordTables.ControlStep.Size(step)];
        RecordTables.ControlStep.Encode(step, bytes);
        var refused = 0;
        for (var length = 1; length < bytes.Length; length++)
            if (Record.Exception(() => RecordTables.ControlStep.Decode(bytes.AsSpan(0, length), step)) is InvalidDataException)
                refused++;
        // A cut between two fields is a shorter message: there are 14 such places.
        Assert.Equal(bytes.Length - 1 - 14, refused);
        Assert.Throws<InvalidDataException>(() => RecordTables.ControlStep.Decode(bytes, new(7, 6, 1, 1, ActivationLayout.Empty)));
    }

    private static string Fields(byte[] descriptorSet)
    {
        var files = FileDescriptorSet.Parser.ParseFrom(descriptorSet).File;
        // Resolves and checks the description as any protobuf program would.
        _ = FileDescriptor.BuildFromByteStrings(files.Select(part => part.ToByteString()));
        var file = files[^1];
        return string.Join(", ", file.MessageType.Single().Field.Select(f =>
            $"{f.Number} {f.Name} {f.Type}{(f.Label == FieldDescriptorProto.Types.Label.Repeated ? "[]" : "")}"));
    }
}
